// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

func (h *tested) dialFails(address string, wanted errorKind) event {
	h.t.Helper()
	h.next += 2
	h.dial(h.next, address)
	failed := h.of(eventDialFailed, h.next)
	if failed.err != wanted || failed.text == "" || strings.Contains(failed.text, "\n") {
		h.t.Fatalf("%s: error %d %q instead of %d", address, failed.err, failed.text, wanted)
	}
	return failed
}

func TestADialThatFailsSaysWhy(t *testing.T) {
	one, other := startTested(t, `{}`), startTested(t, `{}`)
	place, _, _ := strings.Cut(other.address, "/p2p/")
	id := "/p2p/" + other.peer
	for _, address := range []string{"", "nowhere", place, "/ip4/127.0.0.1/udp/1" + id, place + "/ws" + id,
		place + "/p2p/nobody", one.address, id} {
		one.dialFails(address, errorBadAddress)
	}
	if failed := one.dialFails(place+"/p2p/"+startTested(t, `{}`).peer, errorUnreachable); failed.text !=
		"the node there is "+other.peer+", not the one whose id you gave" {
		t.Fatal(failed.text)
	}
	silent, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(silent.Addr().String())
	startTested(t, `{"dial_seconds": 0.05}`).dialFails("/ip4/127.0.0.1/tcp/"+port+id, errorTimedOut)
	silent.Close()
	// When to try again is the caller's to decide: nothing is put off.
	for range 3 {
		one.dialFails("/ip4/127.0.0.1/tcp/"+port+id, errorUnreachable)
	}
	one.dialled(other)
	one.dial(100, other.address) // a peer that is there is there
	one.of(eventDialled, 100)
}

func TestWhoComesAndGoesIsToldInOrder(t *testing.T) {
	one, other := startTested(t, `{}`), startTested(t, `{"agent": "another"}`)
	for range 3 {
		one.next += 2
		one.dial(one.next, other.address)
		one.of(eventDialled, one.next)
		one.wait("the agent", func(e event) bool { return e.kind == eventIdentified && e.text == "another" })
		if told := other.ofPeer(eventConnected, one.peer); told.number != 1 || !strings.HasPrefix(told.text, "/ip4/") {
			t.Fatalf("number %d, text %q", told.number, told.text)
		}
		place, _, _ := strings.Cut(other.address, "/p2p/")
		if told := one.ofPeer(eventConnected, other.peer); told.number != 0 || told.text != place {
			t.Fatalf("number %d, text %q", told.number, told.text)
		}
		one.disconnect(other.network.ID())
		one.ofPeer(eventDisconnected, other.peer)
		other.ofPeer(eventDisconnected, one.peer)
	}
}

func TestAProtocolThatIsServedLaterIsTold(t *testing.T) {
	client, server := startTested(t, `{}`), startTested(t, `{}`)
	client.dialled(server)
	server.serve("/later/1")
	client.wait("the protocol", func(e event) bool {
		return e.kind == eventIdentified && strings.Contains(strings.Join(e.list, " "), "/later/1")
	})
	client.of(eventStreamOpened, client.opens(server, "/later/1"))
}

func TestConnectionsAreBounded(t *testing.T) {
	for _, text := range []string{`{"connections_max": 2}`, `{"connections_per_ip_max": 2}`} {
		server := startTested(t, text)
		for range 2 {
			startTested(t, `{}`).dialled(server)
		}
		client := startTested(t, `{"dial_seconds": 1}`)
		client.next += 2
		client.dial(client.next, server.address)
		if ended := client.wait("the end of the dial", func(e event) bool {
			return e.kind == eventDialFailed || e.kind == eventDisconnected
		}); ended.kind == eventDialFailed && ended.err != errorUnreachable && ended.err != errorTimedOut {
			t.Fatalf("%s: error %d %q", text, ended.err, ended.text)
		}
		if count := len(server.network.Network().Peers()); count != 2 {
			t.Fatalf("%s: there are %d peers", text, count)
		}
	}
	client := startTested(t, `{"connections_max": 1}`)
	client.dialled(startTested(t, `{}`))
	client.dialFails(startTested(t, `{}`).address, errorTooMany)
}

func TestAPeerThatAnswersNoPingIsDisconnected(t *testing.T) {
	client, server := startTested(t, `{"ping_seconds": 0.05}`), startTested(t, `{}`)
	client.dialled(server)
	other := startTested(t, `{}`)
	client.dialled(other)
	server.network.SetStreamHandler(ping.ID, func(network.Stream) {})
	client.ofPeer(eventDisconnected, server.peer)
	client.dialled(server)
	server.network.RemoveStreamHandler(ping.ID)
	client.disconnect(other.network.ID())
	client.ofPeer(eventDisconnected, other.peer)
}

func TestAHostStopsUnderLoad(t *testing.T) {
	for range 3 {
		text := `{"relay": true, "heartbeat_milliseconds": 50}`
		client, server := connected(t, text, text)
		client.relay.join(topic)
		server.relay.join(topic)
		client.topicPeers(1)
		for range 20 {
			mine, _ := joinedStream(client, server)
			client.stream(mine).give(make([]byte, 1<<20))
		}
		calling := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for id := uint64(1000); ; id += 2 {
				select {
				case <-calling:
					return
				default:
				}
				client.open(id, server.peer, []protocol.ID{"/test/1"})
				client.publish(id, topic, []byte{byte(id), byte(id >> 8)})
				client.dial(id, server.address)
				client.counts()
			}
		}()
		client.of(eventPublished, 1100)
		server.stop()
		client.stop()
		client.mutex.Lock()
		told := len(client.told)
		client.mutex.Unlock()
		close(calling)
		<-ended
		client.mutex.Lock()
		if len(client.told) != told {
			t.Error("something was told after the end")
		}
		client.mutex.Unlock()
	}
}

func TestAHostLeavesNoGoroutineBehind(t *testing.T) {
	before := 0
	for round := range 4 {
		t.Run("once", func(t *testing.T) {
			client, server := connected(t, `{"relay": true}`, `{"relay": true}`)
			client.relay.join(topic)
			joinedStream(client, server)
		})
		if round == 0 {
			eventually(t, "a rest", func() bool { return runtime.NumGoroutine() < 60 })
			before = runtime.NumGoroutine()
		}
	}
	eventually(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= before+5 })
}

func TestPeersAreToldToDialWhatIsAnnounced(t *testing.T) {
	one, other := startTested(t, `{"announce": ["/ip4/127.0.0.1/tcp/60000"]}`), startTested(t, `{}`)
	one.dialled(other)
	other.ofPeer(eventIdentified, one.peer)
	if known := other.network.Peerstore().Addrs(one.network.ID()); fmt.Sprint(known) != "[/ip4/127.0.0.1/tcp/60000]" {
		t.Fatalf("%v is known of a host at %s", known, one.address)
	}
}
