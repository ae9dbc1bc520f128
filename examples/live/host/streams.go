// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/multiformats/go-multistream"
)

const (
	// A stream's buffer for reading begins small, since most carry a few hundred bytes, and grows to this.
	readBytesMin = 4 << 10
	readBytesMax = 64 << 10
	// What is written at once, so that a long write that goes on is not idle.
	writeBytesMax = 64 << 10
)

// One stream: a goroutine reads it as far as the caller consumes, another writes what the caller gave.
type stream struct {
	host *host
	id   uint64
	peer peer.ID

	mutex     sync.Mutex
	changed   sync.Cond
	network   network.Stream // nil while it is being opened
	giveUp    context.CancelFunc
	idle      *time.Timer
	untaken   int // bytes told and not consumed
	unwritten [][]byte
	waiting   int // bytes in unwritten, and being written
	written   uint64
	closing   bool // the caller writes no more
	readEnd   bool
	writeEnd  bool
	over      bool // reset, broken off, failed to open, or both sides closed
	silent    bool // broken off by the caller

	lastMove atomic.Int64 // in nanoseconds of the Unix time
	ended    bool         // its last event was told; of the goroutine that tells
}

func (h *host) newStream(id uint64, who peer.ID) *stream {
	s := &stream{host: h, id: id, peer: who}
	s.changed.L = &s.mutex
	return s
}

// Takes a stream in, or says which bound does not let it. The lock is held.
func (h *host) enter(s *stream) *failure {
	switch {
	case len(h.streams) >= h.configuration.StreamsMax:
		return &failure{errorTooMany, fmt.Sprintf("there are %d streams, as many as may be", len(h.streams))}
	case h.streamsOfPeer[s.peer] >= h.configuration.StreamsPerPeerMax:
		return &failure{errorTooMany,
			fmt.Sprintf("there are %d streams with this peer, as many as may be", h.streamsOfPeer[s.peer])}
	}
	h.streams[s.id] = s
	h.streamsOfPeer[s.peer]++
	return nil
}

func (h *host) stream(id uint64) *stream {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.streams[id]
}

func (h *host) allStreams() []*stream {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	var all []*stream
	for _, s := range h.streams {
		all = append(all, s)
	}
	return all
}

// Gives its number back.
func (s *stream) forget() {
	h := s.host
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.streams[s.id] != s {
		return
	}
	delete(h.streams, s.id)
	if h.streamsOfPeer[s.peer]--; h.streamsOfPeer[s.peer] == 0 {
		delete(h.streamsOfPeer, s.peer)
	}
}

func (h *host) open(id uint64, who string, protocols []protocol.ID) {
	if id%2 != 0 {
		return
	}
	to, err := peer.Decode(who)
	s := h.newStream(id, to)
	if err != nil {
		h.events.put(s.failed(failure{errorNotConnected, fmt.Sprintf("%q is not a peer id", who)}))
		return
	}
	opening, cancel := context.WithTimeout(
		network.WithNoDial(h.context, "the caller dials"), seconds(h.configuration.OpenSeconds))
	s.giveUp = cancel
	h.mutex.Lock()
	if h.streams[id] != nil {
		h.mutex.Unlock()
		cancel()
		return
	}
	full := h.enter(s)
	h.mutex.Unlock()
	switch {
	case full != nil:
		cancel()
		h.events.put(s.failed(*full))
	case h.network.Network().Connectedness(to) != network.Connected:
		cancel()
		h.events.put(s.failed(failure{errorNotConnected, "there is no connection to this peer"}))
	default:
		run(func() {
			defer cancel()
			opened, err := h.network.NewStream(opening, to, protocols...)
			if err != nil {
				s.mutex.Lock()
				s.over = true
				s.mutex.Unlock()
				h.events.putWhenRoom(s.failed(s.openFailure(opening, err)))
				return
			}
			s.begin(opened, eventStreamOpened)
		})
	}
}

func (s *stream) failed(why failure) event {
	return event{kind: eventStreamFailed, id: s.id, peer: s.peer.String(), err: why.kind, text: why.text, stream: s,
		last: true}
}

func (s *stream) openFailure(opening context.Context, err error) failure {
	var rejected multistream.ErrNotSupported[protocol.ID]
	switch {
	case errors.As(err, &rejected):
		return failure{errorUnsupportedProtocol, fmt.Sprintf("the peer does not speak %v", rejected.Protos)}
	case errors.Is(err, multistream.ErrNoProtocols):
		return failure{errorUnsupportedProtocol, "no protocol was named"}
	case errors.Is(err, network.ErrResourceLimitExceeded):
		return failure{errorTooMany, oneLine(err)}
	case s.host.network.Network().Connectedness(s.peer) != network.Connected:
		return failure{errorConnectionLost, "the connection was lost"}
	case opening.Err() != nil:
		return failure{errorTimedOut, "no answer in time"}
	}
	return failure{errorFailed, oneLine(err)}
}

func (h *host) accept(accepted network.Stream) {
	h.mutex.Lock()
	s := h.newStream(h.nextAccepted, accepted.Conn().RemotePeer())
	full := h.enter(s)
	if full == nil {
		h.nextAccepted += 2
	}
	h.mutex.Unlock()
	if full != nil {
		accepted.ResetWithError(network.StreamResourceLimitExceeded)
		return
	}
	s.begin(accepted, eventStreamAccepted)
}

func (s *stream) begin(there network.Stream, kind eventKind) {
	s.mutex.Lock()
	if s.over {
		s.mutex.Unlock()
		there.Reset()
		return
	}
	s.network = there
	s.moved()
	s.idle = time.AfterFunc(seconds(s.host.configuration.IdleSeconds), s.endWhenIdle)
	s.mutex.Unlock()
	if s.tell(event{kind: kind, peer: s.peer.String(), text: string(there.Protocol())}) {
		run(s.read)
		run(s.write)
	}
}

// False: the host ends.
func (s *stream) tell(e event) bool {
	e.id = s.id
	e.stream = s
	return s.host.events.putWhenRoom(e)
}

func (s *stream) moved() { s.lastMove.Store(time.Now().UnixNano()) }

func (s *stream) endWhenIdle() {
	defer survive()
	limit := seconds(s.host.configuration.IdleSeconds)
	if left := limit - time.Since(time.Unix(0, s.lastMove.Load())); left > 0 {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		if !s.over {
			s.idle.Reset(left)
		}
		return
	}
	s.breakUp(failure{errorTimedOut, fmt.Sprintf("nothing moved for %v", limit)})
}

// How much may be read now; waits until it is something. 0: the stream is over.
func (s *stream) room() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for !s.over && s.untaken >= s.host.configuration.StreamWindowBytes {
		s.changed.Wait()
	}
	if s.over {
		return 0
	}
	return s.host.configuration.StreamWindowBytes - s.untaken
}

func (s *stream) read() {
	buffer := make([]byte, readBytesMin)
	for {
		room := s.room()
		if room == 0 {
			return
		}
		size, err := s.network.Read(buffer[:min(room, len(buffer))])
		if size > 0 {
			s.moved()
			s.mutex.Lock()
			s.untaken += size
			s.mutex.Unlock()
			if !s.tell(event{kind: eventStreamData, data: bytes.Clone(buffer[:size])}) {
				return
			}
			if size == len(buffer) && size < readBytesMax {
				buffer = make([]byte, 2*size)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if s.tell(event{kind: eventStreamClosed}) {
				s.sideEnded(&s.readEnd)
			}
			return
		case err != nil:
			s.breakUp(s.whyBroken(err))
			return
		}
	}
}

// What is to be written next, and whether it is the last; waits for it.
func (s *stream) toWrite() (chunks [][]byte, closing bool, over bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for !s.over && !s.closing && len(s.unwritten) == 0 {
		s.changed.Wait()
	}
	chunks = s.unwritten
	s.unwritten = nil
	return chunks, s.closing, s.over
}

func (s *stream) write() {
	for {
		chunks, closing, over := s.toWrite()
		if over {
			return
		}
		drained, written := false, uint64(0)
		for _, chunk := range chunks {
			for len(chunk) > 0 {
				size, err := s.network.Write(chunk[:min(len(chunk), writeBytesMax)])
				if err != nil {
					s.breakUp(s.whyBroken(err))
					return
				}
				s.moved()
				s.mutex.Lock()
				s.waiting -= size
				s.written += uint64(size)
				written = s.written
				drained = s.waiting == 0
				s.mutex.Unlock()
				chunk = chunk[size:]
			}
		}
		if drained && !s.tell(event{kind: eventStreamDrained, number: written}) {
			return
		}
		if closing {
			if err := s.network.CloseWrite(); err != nil {
				s.breakUp(s.whyBroken(err))
				return
			}
			s.sideEnded(&s.writeEnd)
			return
		}
	}
}

// When both sides are closed the stream is over, and its number is given back after what was told of it before.
func (s *stream) sideEnded(side *bool) {
	s.mutex.Lock()
	*side = true
	ended := s.readEnd && s.writeEnd && !s.over
	if ended {
		s.over = true
		s.idle.Stop()
	}
	s.mutex.Unlock()
	if ended {
		s.network.Close()
		s.tell(event{kind: eventNone, last: true})
	}
}

func (s *stream) whyBroken(err error) failure {
	var rejected multistream.ErrNotSupported[protocol.ID]
	var lost *network.ConnError
	var reset *network.StreamError
	switch {
	case errors.As(err, &rejected):
		return failure{errorUnsupportedProtocol, fmt.Sprintf("the peer does not speak %v", rejected.Protos)}
	case errors.As(err, &lost), s.network.Conn().IsClosed():
		return failure{errorConnectionLost, "the connection was lost"}
	case errors.As(err, &reset) && reset.Remote && reset.ErrorCode == network.StreamResourceLimitExceeded:
		return failure{errorFailed, "the peer reset the stream: it has as many as it wants"}
	case errors.Is(err, network.ErrReset):
		return failure{errorFailed, "the peer reset the stream"}
	}
	return failure{errorFailed, oneLine(err)}
}

// Ends the stream and tells so. Does not wait for the network.
func (s *stream) breakUp(why failure) {
	if !s.end(false) {
		return
	}
	if s.network == nil {
		s.host.events.put(s.failed(why))
		return
	}
	s.host.events.put(event{kind: eventStreamReset, id: s.id, err: why.kind, text: why.text, stream: s, last: true})
}

// Ends the stream for the caller, who hears no more of it. Does not wait for the network.
func (s *stream) breakOff() {
	s.end(true)
	s.forget()
}

// False: it was over before.
func (s *stream) end(silent bool) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.silent = s.silent || silent
	if s.over {
		return false
	}
	s.over = true
	s.unwritten = nil
	s.changed.Broadcast()
	if s.idle != nil {
		s.idle.Stop()
	}
	if s.giveUp != nil {
		s.giveUp()
	}
	if there := s.network; there != nil {
		run(func() { there.Reset() })
	}
	return true
}

func (s *stream) isSilent() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.silent
}

// The bytes are kept.
func (s *stream) give(bytes []byte) {
	s.mutex.Lock()
	if s.over || s.closing || len(bytes) == 0 {
		s.mutex.Unlock()
		return
	}
	window := s.host.configuration.StreamWindowBytes
	if waiting := s.waiting + len(bytes); waiting > window {
		s.mutex.Unlock()
		s.breakUp(failure{errorTooMany,
			fmt.Sprintf("%d bytes wait to be sent, and %d may", waiting, window)})
		return
	}
	s.unwritten = append(s.unwritten, bytes)
	s.waiting += len(bytes)
	s.changed.Broadcast()
	s.mutex.Unlock()
}

func (s *stream) closeWrite() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.closing = true
	s.changed.Broadcast()
}

func (s *stream) consumed(bytes uint64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.untaken -= int(min(bytes, uint64(s.untaken)))
	s.moved()
	s.changed.Broadcast()
}
