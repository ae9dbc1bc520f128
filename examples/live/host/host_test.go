// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/protocol"
)

// Nothing here takes so long; a test that waits for longer has failed.
const patience = 30 * time.Second

// A host whose events are kept, to be waited for in any order.
type tested struct {
	*host
	t       *testing.T
	mutex   sync.Mutex
	more    chan struct{}
	told    []event
	peer    string
	address string
	next    uint64
}

func configure(t *testing.T, text string) configuration {
	t.Helper()
	c, err := readConfiguration([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func startTested(t *testing.T, text string) *tested {
	t.Helper()
	h := &tested{t: t, more: make(chan struct{})}
	var err error
	h.host, err = startHost(configure(t, text), h.tell)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.stop()
		if count := panics.Load(); count != 0 {
			t.Errorf("%d panics were held", count)
		}
	})
	started := h.wait("the start", func(e event) bool { return e.kind == eventStarted })
	if len(started.list) == 0 || !strings.HasSuffix(started.list[0], "/p2p/"+started.text) {
		t.Fatalf("the host listens on %q", started.list)
	}
	h.peer, h.address = started.text, started.list[0]
	return h
}

func (h *tested) tell(e event) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.told = append(h.told, e)
	close(h.more)
	h.more = make(chan struct{})
}

// The first event of a kind that has not been taken yet, which is taken.
func (h *tested) wait(what string, is func(event) bool) event {
	h.t.Helper()
	limit := time.After(patience)
	for {
		h.mutex.Lock()
		for index, e := range h.told {
			if is(e) {
				h.told = append(h.told[:index:index], h.told[index+1:]...)
				h.mutex.Unlock()
				return e
			}
		}
		more := h.more
		h.mutex.Unlock()
		select {
		case <-more:
		case <-limit:
			h.t.Fatalf("%s did not come; there are %v", what, h.summary())
		}
	}
}

func (h *tested) of(kind eventKind, id uint64) event {
	h.t.Helper()
	return h.wait(fmt.Sprintf("event %d of %d", kind, id), func(e event) bool { return e.kind == kind && e.id == id })
}

func (h *tested) ofPeer(kind eventKind, peer string) event {
	h.t.Helper()
	return h.wait(fmt.Sprintf("event %d of %s", kind, peer),
		func(e event) bool { return e.kind == kind && e.peer == peer })
}

func (h *tested) summary() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var text strings.Builder
	for _, e := range h.told {
		fmt.Fprintf(&text, "[kind %d id %d error %d %q %d bytes]", e.kind, e.id, e.err, e.text, len(e.data))
	}
	return text.String()
}

func (h *tested) dialled(other *tested) {
	h.t.Helper()
	h.next += 2
	h.dial(h.next, other.address)
	h.of(eventDialled, h.next)
	h.ofPeer(eventIdentified, other.peer)
}

func (h *tested) opens(other *tested, protocols ...protocol.ID) uint64 {
	h.next += 2
	h.open(h.next, other.peer, protocols)
	return h.next
}

// What a stream brings until its other side closes; it is consumed as it comes.
func (h *tested) readAll(id uint64) string {
	h.t.Helper()
	var all strings.Builder
	for {
		e := h.wait("what the stream brings", func(e event) bool {
			return e.id == id && (e.kind == eventStreamData || e.kind == eventStreamClosed || e.kind == eventStreamReset)
		})
		switch e.kind {
		case eventStreamClosed:
			return all.String()
		case eventStreamReset:
			h.t.Fatalf("the stream broke after %d bytes: %s", all.Len(), e.text)
		}
		all.Write(e.data)
		if s := h.stream(id); s != nil {
			s.consumed(uint64(len(e.data)))
		}
	}
}

// Until something that ends by itself has ended.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for start := time.Now(); !is(); time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatalf("%s did not come", what)
		}
	}
}
