// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"encoding/json"
	"runtime"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// What all streams moved, to the byte; libp2p's own counter is up to a second late.
type traffic struct {
	*metrics.BandwidthCounter
	in, out atomic.Int64
}

func (t *traffic) LogRecvMessage(size int64) { t.in.Add(size) }
func (t *traffic) LogSentMessage(size int64) { t.out.Add(size) }

func (t *traffic) LogRecvMessageStream(int64, protocol.ID, peer.ID) {}
func (t *traffic) LogSentMessageStream(int64, protocol.ID, peer.ID) {}

// For tests and status lines.
type counts struct {
	Streams         int    `json:"streams"`
	Connections     int    `json:"connections"`
	Goroutines      int    `json:"goroutines"`
	BytesIn         int64  `json:"bytes_in"`
	BytesOut        int64  `json:"bytes_out"`
	EventsWaiting   int    `json:"events_waiting"`
	MessagesDropped uint64 `json:"messages_dropped"`
	Panics          uint64 `json:"panics"`
}

func (h *host) counts() []byte {
	c := counts{
		Connections: len(h.network.Network().Conns()),
		Goroutines:  runtime.NumGoroutine(),
		BytesIn:     h.traffic.in.Load(),
		BytesOut:    h.traffic.out.Load(),
		Panics:      panics.Load(),
	}
	c.EventsWaiting, c.MessagesDropped = h.events.counts()
	h.mutex.Lock()
	c.Streams = len(h.streams)
	h.mutex.Unlock()
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // these are numbers
	}
	return text
}
