// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/metrics"
	libp2p_peer "github.com/libp2p/go-libp2p/core/peer"
	libp2p_protocol "github.com/libp2p/go-libp2p/core/protocol"
)

// Bytes of streams by protocol. libp2p's own counter, which is asked for all else, brings its totals up to date but once
// a second.
type traffic struct {
	metrics.Reporter
	lock    sync.Mutex
	in, out map[string]int64
}

func newTraffic() *traffic {
	return &traffic{Reporter: metrics.NewBandwidthCounter(), in: map[string]int64{}, out: map[string]int64{}}
}

func (t *traffic) LogRecvMessageStream(bytes int64, name libp2p_protocol.ID, from libp2p_peer.ID) {
	t.Reporter.LogRecvMessageStream(bytes, name, from)
	t.lock.Lock()
	defer t.lock.Unlock()
	t.in[string(name)] += bytes
}

func (t *traffic) LogSentMessageStream(bytes int64, name libp2p_protocol.ID, to libp2p_peer.ID) {
	t.Reporter.LogSentMessageStream(bytes, name, to)
	t.lock.Lock()
	defer t.lock.Unlock()
	t.out[string(name)] += bytes
}

func (t *traffic) told() answer {
	t.lock.Lock()
	defer t.lock.Unlock()
	copied := func(counts map[string]int64) (map[string]int64, int64) {
		made, total := map[string]int64{}, int64(0)
		for name, bytes := range counts {
			made[name] = bytes
			total += bytes
		}
		return made, total
	}
	in, totalIn := copied(t.in)
	out, totalOut := copied(t.out)
	return answer{"in": in, "out": out, "total_in": totalIn, "total_out": totalOut}
}
