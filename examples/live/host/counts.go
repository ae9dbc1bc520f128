// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"encoding/json"
	"runtime"
	runtime_metrics "runtime/metrics"
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
	AllStreams      int    `json:"all_streams"` // with those of libp2p's own protocols and of gossipsub
	Connections     int    `json:"connections"`
	Goroutines      int    `json:"goroutines"`
	BytesIn         int64  `json:"bytes_in"`
	BytesOut        int64  `json:"bytes_out"`
	EventsWaiting   int    `json:"events_waiting"`
	MessagesDropped uint64 `json:"messages_dropped"`
	Panics          uint64 `json:"panics"`
	HostHeapBytes   uint64 `json:"host_heap_bytes"`   // what the last garbage collection left
	HostMemoryBytes uint64 `json:"host_memory_bytes"` // what Go's runtime has of the system
}

func (c *counts) addMemory() {
	samples := []runtime_metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	runtime_metrics.Read(samples)
	c.HostHeapBytes = samples[0].Value.Uint64()
	c.HostMemoryBytes = samples[1].Value.Uint64() - samples[2].Value.Uint64()
}

func (h *host) counts() []byte {
	connections := h.network.Network().Conns()
	c := counts{
		Connections: len(connections),
		Goroutines:  runtime.NumGoroutine(),
		BytesIn:     h.traffic.in.Load(),
		BytesOut:    h.traffic.out.Load(),
		Panics:      panics.Load(),
	}
	for _, connection := range connections {
		c.AllStreams += len(connection.GetStreams())
	}
	c.addMemory()
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
