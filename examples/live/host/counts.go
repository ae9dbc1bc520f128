// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"encoding/json"
	"runtime"
)

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
	moved := h.bandwidth.GetBandwidthTotals()
	c := counts{
		Connections: len(h.network.Network().Conns()),
		Goroutines:  runtime.NumGoroutine(),
		BytesIn:     moved.TotalIn,
		BytesOut:    moved.TotalOut,
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
