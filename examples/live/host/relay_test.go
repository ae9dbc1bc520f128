// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const topic = "/waku/2/rs/1/0"

func (h *tested) topicPeers(count uint64) {
	h.t.Helper()
	for is := ^count; is != count; {
		is = h.wait("the topic's peers", func(e event) bool { return e.kind == eventTopicPeers && e.text == topic }).number
	}
}

func (h *tested) publishes(topic string, bytes []byte) event {
	h.t.Helper()
	h.next += 2
	h.publish(h.next, topic, bytes)
	return h.of(eventPublished, h.next)
}

// Three in a row: what the first publishes gets to the third by the second.
func relayLine(t *testing.T) (first, middle, last *tested) {
	const text = `{"relay": true, "message_bytes_max": 1000, "heartbeat_milliseconds": 50}`
	first, middle, last = startTested(t, text), startTested(t, text), startTested(t, text)
	first.dialled(middle)
	last.dialled(middle)
	for _, h := range []*tested{first, middle, last} {
		h.relay.join(topic)
	}
	first.topicPeers(1)
	middle.topicPeers(2)
	last.topicPeers(1)
	meshed(first, last)
	meshed(last, first)
	return first, middle, last
}

// Who relays what is settled soon after all have joined: messages get through from then on.
func meshed(from, to *tested) {
	from.t.Helper()
	is := func(e event) bool { return e.kind == eventMessage && strings.HasPrefix(string(e.data), "trial") }
	has := func() bool {
		to.mutex.Lock()
		defer to.mutex.Unlock()
		return slices.ContainsFunc(to.told, is)
	}
	eventually(from.t, "the mesh", func() bool {
		from.publishes(topic, fmt.Appendf(nil, "trial %d by %s", from.next, from.peer))
		return has()
	})
}

func isMessage(e event) bool {
	return e.kind == eventMessage && !strings.HasPrefix(string(e.data), "trial")
}

func TestAMessageIsRelayedOnceAndKnownToItsPublisher(t *testing.T) {
	first, middle, last := relayLine(t)
	if ended := first.publishes(topic, []byte("a message")); ended.err != errorNone || ended.number != 1 {
		t.Fatalf("published to %d, error %d %s", ended.number, ended.err, ended.text)
	}
	for _, from := range []struct{ at, by *tested }{{middle, first}, {last, middle}} {
		told := from.at.wait("the message", isMessage)
		if string(told.data) != "a message" || told.text != topic || told.peer != from.by.peer {
			t.Fatalf("%q of %q by %q", told.data, told.text, told.peer)
		}
	}
	for _, h := range []*tested{first, last} {
		if again := h.publishes(topic, []byte("a message")); again.err != errorRefused || again.text == "" {
			t.Fatalf("published again: error %d %s", again.err, again.text)
		}
	}
	if ended := middle.publishes(topic, []byte("another")); ended.err != errorNone || ended.number != 2 {
		t.Fatalf("published to %d, error %d %s", ended.number, ended.err, ended.text)
	}
	for _, h := range []*tested{first, last} {
		h.wait("the other message", func(e event) bool { return e.kind == eventMessage && string(e.data) == "another" })
	}
	// What was told twice, or to the one who published it, would be here by now.
	for _, h := range []*tested{first, middle, last} {
		h.mutex.Lock()
		if slices.ContainsFunc(h.told, isMessage) {
			t.Error("a message was told more often than once")
		}
		h.mutex.Unlock()
	}
}

func TestWhatCannotBePublishedIsRefused(t *testing.T) {
	first, middle, last := relayLine(t)
	for _, wrong := range []struct {
		topic string
		size  int
		err   errorKind
	}{{topic, 1001, errorTooLarge}, {"/waku/2/rs/1/1", 1, errorNotJoined}} {
		ended := first.publishes(wrong.topic, make([]byte, wrong.size))
		if ended.err != wrong.err || ended.text == "" || ended.number != 0 {
			t.Fatalf("error %d %q, to %d", ended.err, ended.text, ended.number)
		}
	}
	first.relay.leave(topic)
	middle.topicPeers(1)
	if ended := first.publishes(topic, []byte("left")); ended.err != errorNotJoined {
		t.Fatalf("error %d %q", ended.err, ended.text)
	}
	first.relay.join(topic)
	middle.topicPeers(2)
	if ended := first.publishes(topic, make([]byte, 1000)); ended.err != errorNone {
		t.Fatalf("error %d %q", ended.err, ended.text)
	}
	last.wait("the message", func(e event) bool { return e.kind == eventMessage && len(e.data) == 1000 })
}

func TestAMessageAboveTheBoundIsNotPassedOn(t *testing.T) {
	wide := startTested(t, `{"relay": true, "message_bytes_max": 3000, "heartbeat_milliseconds": 50}`)
	narrow := startTested(t, `{"relay": true, "message_bytes_max": 1000, "heartbeat_milliseconds": 50}`)
	wide.dialled(narrow)
	wide.relay.join(topic)
	narrow.relay.join(topic)
	wide.topicPeers(1)
	narrow.topicPeers(1)
	for _, size := range []int{1001, 1000} {
		if ended := wide.publishes(topic, make([]byte, size)); ended.err != errorNone || ended.number != 1 {
			t.Fatalf("error %d %q, to %d", ended.err, ended.text, ended.number)
		}
	}
	if told := narrow.wait("the message", isMessage); len(told.data) != 1000 {
		t.Fatalf("a message of %d bytes was told", len(told.data))
	}
}

func TestRelayIsOfferedOnlyByThoseWhoDo(t *testing.T) {
	relaying, plain := startTested(t, `{"relay": true}`), startTested(t, `{}`)
	plain.dialled(relaying)
	has := func(e event) bool {
		return slices.ContainsFunc(e.list, func(id string) bool {
			return strings.Contains(id, "relay") || strings.Contains(id, "meshsub") || strings.Contains(id, "floodsub")
		})
	}
	if told := relaying.ofPeer(eventIdentified, plain.peer); has(told) {
		t.Fatalf("offered without relaying: %q", told.list)
	}
	third := startTested(t, `{}`)
	third.next += 2
	third.dial(third.next, relaying.address)
	told := third.ofPeer(eventIdentified, relaying.peer)
	if !slices.Contains(told.list, string(relayProtocol)) {
		t.Fatalf("not offered: %q", told.list)
	}
	for _, id := range told.list {
		if strings.Contains(id, "meshsub") || strings.Contains(id, "floodsub") || strings.Contains(id, "circuit") {
			t.Fatalf("offered, too: %q", id)
		}
	}
	t.Logf("a relaying host offers %q", told.list)
	if ended := plain.publishes(topic, []byte("x")); ended.err != errorNotJoined {
		t.Fatalf("error %d %q", ended.err, ended.text)
	}
}
