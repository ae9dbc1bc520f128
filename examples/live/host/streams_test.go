// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"runtime"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"
)

func TestAStreamCarriesBytesBothWays(t *testing.T) {
	server, client := startTested(t, `{}`), startTested(t, `{}`)
	server.serve("/echo/1")
	client.dialled(server)
	id := client.opens(server, "/unknown/1", "/echo/1")
	client.stream(id).give([]byte("asked"))
	client.stream(id).closeWrite()
	if opened := client.of(eventStreamOpened, id); opened.text != "/echo/1" || opened.peer != server.peer {
		t.Fatalf("opened %q with %q", opened.text, opened.peer)
	}
	accepted := server.ofPeer(eventStreamAccepted, client.peer)
	if accepted.id%2 != 1 || accepted.text != "/echo/1" {
		t.Fatalf("accepted %d %q", accepted.id, accepted.text)
	}
	if asked := server.readAll(accepted.id); asked != "asked" {
		t.Fatalf("the server read %q", asked)
	}
	written := uint64(0)
	for _, more := range []string{"answered", ", twice"} {
		server.stream(accepted.id).give([]byte(more))
		written += uint64(len(more))
		if drained := server.of(eventStreamDrained, accepted.id); drained.number != written {
			t.Fatalf("%d bytes were handed over of %d", drained.number, written)
		}
	}
	server.stream(accepted.id).closeWrite()
	if answered := client.readAll(id); answered != "answered, twice" {
		t.Fatalf("the client read %q", answered)
	}
	var counted counts
	if err := json.Unmarshal(server.counts(), &counted); err != nil || counted.Connections != 1 ||
		counted.BytesIn < int64(len("asked")) || counted.BytesOut < int64(len("answered")) {
		t.Fatalf("%+v, %v", counted, err)
	}
	// The memory is known once garbage was collected, and the stream is one of all.
	runtime.GC()
	if err := json.Unmarshal(server.counts(), &counted); err != nil || counted.AllStreams < counted.Streams ||
		counted.HostHeapBytes == 0 || counted.HostHeapBytes > counted.HostMemoryBytes {
		t.Fatalf("%+v, %v", counted, err)
	}
	for _, h := range []*tested{client, server} {
		eventually(t, "the end of the stream", func() bool { return len(h.allStreams()) == 0 })
	}
}

// A client, a server of /test/1, and a stream between them that was accepted.
func connected(t *testing.T, clientText, serverText string) (client, server *tested) {
	client, server = startTested(t, clientText), startTested(t, serverText)
	server.serve("/test/1")
	client.dialled(server)
	return client, server
}

func joinedStream(client, server *tested) (mine, theirs uint64) {
	client.t.Helper()
	mine = client.opens(server, "/test/1")
	client.of(eventStreamOpened, mine)
	return mine, server.ofPeer(eventStreamAccepted, client.peer).id
}

func (h *tested) noStreams() {
	h.t.Helper()
	eventually(h.t, "the end of all streams", func() bool { return len(h.allStreams()) == 0 })
}

func TestNoMoreIsReadThanTheWindowUntilItIsConsumed(t *testing.T) {
	const window, size = 300_000, 3_000_000
	client, server := connected(t, `{"stream_window_bytes": 3000000}`, `{"stream_window_bytes": 300000}`)
	mine, theirs := joinedStream(client, server)
	sent := make([]byte, size)
	rand.New(rand.NewSource(1)).Read(sent)
	client.stream(mine).give(bytes.Clone(sent))
	client.stream(mine).closeWrite()
	var came []byte
	for len(came) < size {
		untaken := 0
		for untaken < min(window, size-len(came)) {
			data := server.of(eventStreamData, theirs).data
			came = append(came, data...)
			untaken += len(data)
		}
		server.mutex.Lock()
		for _, e := range server.told {
			untaken += len(e.data)
		}
		server.mutex.Unlock()
		if untaken > window {
			t.Fatalf("%d bytes were told, and %d may", untaken, window)
		}
		server.stream(theirs).consumed(uint64(untaken))
	}
	if !bytes.Equal(came, sent) {
		t.Fatal("other bytes came")
	}
	server.of(eventStreamClosed, theirs)
	client.of(eventStreamDrained, mine)
}

func TestBytesComeAsTheyWereSent(t *testing.T) {
	client, server := connected(t, `{}`, `{"stream_window_bytes": 1000}`)
	mine, theirs := joinedStream(client, server)
	const seed = 7
	random := rand.New(rand.NewSource(seed))
	var sent []byte
	for len(sent) < 400_000 {
		chunk := make([]byte, random.Intn(20_000))
		random.Read(chunk)
		sent = append(sent, chunk...)
		client.stream(mine).give(chunk)
	}
	client.stream(mine).closeWrite()
	if came := server.readAll(theirs); came != string(sent) {
		t.Fatalf("seed %d: %d bytes came of %d, or others", seed, len(came), len(sent))
	}
}

func TestAStreamThatIsGivenMoreThanItsWindowIsReset(t *testing.T) {
	client, server := connected(t, `{"stream_window_bytes": 1000}`, `{}`)
	mine, theirs := joinedStream(client, server)
	client.stream(mine).give(make([]byte, 1001))
	if reset := client.of(eventStreamReset, mine); reset.err != errorTooMany {
		t.Fatalf("error %d %s", reset.err, reset.text)
	}
	if reset := server.of(eventStreamReset, theirs); reset.err != errorFailed {
		t.Fatalf("error %d %s", reset.err, reset.text)
	}
	client.noStreams()
	server.noStreams()
}

func TestAStreamThatIsGivenTooMuchWhileItOpensHasFailed(t *testing.T) {
	client, server := connected(t, `{"stream_window_bytes": 1000}`, `{}`)
	client.next += 2
	s := client.newStream(client.next, server.network.ID())
	s.give(make([]byte, 1001))
	if failed := client.of(eventStreamFailed, client.next); failed.err != errorTooMany {
		t.Fatalf("error %d %s", failed.err, failed.text)
	}
}

func TestTheCallersResetIsSilentAndThePeersIsTold(t *testing.T) {
	client, server := connected(t, `{}`, `{}`)
	mine, theirs := joinedStream(client, server)
	client.stream(mine).breakOff()
	if reset := server.of(eventStreamReset, theirs); reset.err != errorFailed || reset.text == "" {
		t.Fatalf("error %d %s", reset.err, reset.text)
	}
	mine, theirs = joinedStream(client, server)
	server.stream(theirs).breakOff()
	client.of(eventStreamReset, mine)
	// Resetting while it opens.
	opening := client.opens(server, "/test/1")
	client.stream(opening).breakOff()
	client.noStreams()
	server.noStreams()
	joinedStream(client, server)
	client.mutex.Lock()
	defer client.mutex.Unlock()
	for _, e := range client.told {
		if e.id == opening && e.stream != nil || e.kind == eventStreamReset {
			t.Fatalf("kind %d was told of stream %d", e.kind, e.id)
		}
	}
}

func TestEachSideClosesForItself(t *testing.T) {
	client, server := connected(t, `{}`, `{}`)
	mine, theirs := joinedStream(client, server)
	server.stream(theirs).closeWrite()
	client.of(eventStreamClosed, mine)
	client.stream(mine).give([]byte("after that"))
	client.stream(mine).closeWrite()
	client.stream(mine).give([]byte("not any more"))
	if came := server.readAll(theirs); came != "after that" {
		t.Fatalf("%q came", came)
	}
	client.noStreams()
	server.noStreams()
}

func TestAStreamThatCannotBeOpenedSaysWhy(t *testing.T) {
	client, server := connected(t, `{"streams_per_peer_max": 2}`, `{}`)
	stranger := startTested(t, `{}`)
	fails := func(to *tested, protocols []protocol.ID, wanted errorKind) {
		t.Helper()
		if failed := client.of(eventStreamFailed, client.opens(to, protocols...)); failed.err != wanted || failed.text == "" {
			t.Fatalf("error %d %q instead of %d", failed.err, failed.text, wanted)
		}
	}
	fails(server, []protocol.ID{"/unknown/1", "/unknown/2"}, errorUnsupportedProtocol)
	fails(server, nil, errorUnsupportedProtocol)
	fails(stranger, []protocol.ID{"/test/1"}, errorNotConnected)
	client.next += 2
	client.open(client.next, "not a peer", []protocol.ID{"/test/1"})
	if failed := client.of(eventStreamFailed, client.next); failed.err != errorNotConnected {
		t.Fatalf("error %d %q", failed.err, failed.text)
	}
	joinedStream(client, server)
	joinedStream(client, server)
	fails(server, []protocol.ID{"/test/1"}, errorTooMany)
}

func TestTheFirstProtocolThatThePeerSpeaksIsTaken(t *testing.T) {
	client, server := startTested(t, `{}`), startTested(t, `{}`)
	server.serve("/b/1")
	server.serve("/a/1")
	client.dialled(server)
	if opened := client.of(eventStreamOpened, client.opens(server, "/c/1", "/b/1", "/a/1")); opened.text != "/b/1" {
		t.Fatalf("%q was opened", opened.text)
	}
	if opened := client.of(eventStreamOpened, client.opens(server, "/a/1", "/b/1")); opened.text != "/a/1" {
		t.Fatalf("%q was opened", opened.text)
	}
}

func TestStreamsAboveTheBoundAreNotAccepted(t *testing.T) {
	client, server := connected(t, `{}`, `{"streams_max": 2}`)
	for range 2 {
		joinedStream(client, server)
	}
	third := client.opens(server, "/test/1")
	if refused := client.of(eventStreamReset, third); refused.err != errorFailed || refused.text == "" {
		t.Fatalf("error %d %q", refused.err, refused.text)
	}
	if count := len(server.allStreams()); count != 2 {
		t.Fatalf("there are %d streams", count)
	}
}

func TestAStreamOnWhichNothingMovesIsReset(t *testing.T) {
	client, server := connected(t, `{"idle_seconds": 0.05}`, `{}`)
	mine := client.opens(server, "/test/1")
	client.of(eventStreamOpened, mine)
	if reset := client.of(eventStreamReset, mine); reset.err != errorTimedOut {
		t.Fatalf("error %d %q", reset.err, reset.text)
	}
	client.noStreams()
	server.noStreams()
}

func TestAPeerThatDoesNotAnswerTheOpeningIsNotWaitedFor(t *testing.T) {
	client, server := connected(t, `{"open_seconds": 0.05}`, `{}`)
	// A peer whose protocols are not known any more is asked, and this one does not answer.
	client.network.Peerstore().RemoveProtocols(server.network.ID(), "/test/1")
	server.network.Network().SetStreamHandler(func(network.Stream) {})
	failed := client.of(eventStreamFailed, client.opens(server, "/test/1"))
	if failed.err != errorTimedOut {
		t.Fatalf("error %d %q", failed.err, failed.text)
	}
}

func TestAProtocolThatThePeerSpeaksNoMoreBreaksTheStream(t *testing.T) {
	client, server := connected(t, `{}`, `{}`)
	eventually(t, "a stream that breaks", func() bool {
		// What identify told before it tells what is so.
		client.network.Peerstore().AddProtocols(server.network.ID(), "/gone/1")
		mine := client.opens(server, "/gone/1")
		ended := client.wait("the end of the stream", func(e event) bool {
			return e.id == mine && (e.kind == eventStreamReset || e.kind == eventStreamFailed)
		})
		if ended.err != errorUnsupportedProtocol {
			t.Fatalf("error %d %q", ended.err, ended.text)
		}
		return ended.kind == eventStreamReset
	})
}

func TestStreamsBreakWithTheirConnection(t *testing.T) {
	client, server := connected(t, `{}`, `{}`)
	mine, theirs := joinedStream(client, server)
	client.disconnect(server.network.ID())
	for _, at := range []struct {
		h  *tested
		id uint64
	}{{client, mine}, {server, theirs}} {
		if reset := at.h.of(eventStreamReset, at.id); reset.err != errorConnectionLost {
			t.Fatalf("error %d %q", reset.err, reset.text)
		}
	}
}

func TestAThousandStreamsLeaveNothingBehind(t *testing.T) {
	client, server := connected(t, `{"streams_per_peer_max": 500}`, `{"streams_per_peer_max": 500}`)
	before := 0
	for round := range 5 {
		type pair struct{ mine, theirs uint64 }
		var open []pair
		for range 200 {
			mine, theirs := joinedStream(client, server)
			open = append(open, pair{mine, theirs})
		}
		for index, p := range open {
			client.stream(p.mine).give([]byte("asked"))
			client.stream(p.mine).closeWrite()
			switch index % 4 {
			case 0:
				client.stream(p.mine).breakOff()
			case 1:
				server.stream(p.theirs).breakOff()
			default:
				server.stream(p.theirs).give([]byte("answered"))
				server.stream(p.theirs).closeWrite()
			}
		}
		client.noStreams()
		server.noStreams()
		if round == 0 {
			eventually(t, "a rest", func() bool { return runtime.NumGoroutine() < 200 })
			before = runtime.NumGoroutine()
			continue
		}
		eventually(t, "the end of the streams' goroutines", func() bool { return runtime.NumGoroutine() <= before+10 })
	}
}
