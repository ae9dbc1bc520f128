// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	libp2pevent "github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/multiformats/go-multiaddr"
	"github.com/multiformats/go-multistream"
)

// After so many pings without an answer a peer is gone.
const pingsLostMax = 3

// Who is connected. Locked while it tells, so that what it tells of a peer is in order.
type peers struct {
	host         *host
	mutex        sync.Mutex
	connected    map[peer.ID]*connectedPeer
	identified   libp2pevent.Subscription
	notification *network.NotifyBundle
}

type connectedPeer struct {
	connections map[network.Conn]struct{}
	cancel      context.CancelFunc
}

func (p *peers) begin(h *host) error {
	p.host = h
	p.connected = map[peer.ID]*connectedPeer{}
	p.notification = &network.NotifyBundle{
		ConnectedF: func(_ network.Network, connection network.Conn) {
			defer survive()
			p.mutex.Lock()
			defer p.mutex.Unlock()
			p.add(connection)
		},
		DisconnectedF: func(_ network.Network, connection network.Conn) {
			defer survive()
			p.remove(connection)
		},
	}
	h.network.Network().Notify(p.notification)
	var err error
	p.identified, err = h.network.EventBus().Subscribe(
		new(libp2pevent.EvtPeerIdentificationCompleted), eventbus.BufSize(256), eventbus.Name("identified"))
	if err != nil {
		return fmt.Errorf("what identify tells cannot be had: %w", err)
	}
	run(func() {
		for told := range p.identified.Out() {
			p.identify(told.(libp2pevent.EvtPeerIdentificationCompleted))
		}
	})
	return nil
}

func (p *peers) end() {
	if p.identified != nil {
		p.identified.Close()
	}
}

// Where the first connection is added, tells so. The lock is held.
func (p *peers) add(connection network.Conn) {
	id := connection.RemotePeer()
	known := p.connected[id]
	if known != nil {
		known.connections[connection] = struct{}{}
		return
	}
	alive, cancel := context.WithCancel(p.host.context)
	p.connected[id] = &connectedPeer{map[network.Conn]struct{}{connection: {}}, cancel}
	told := event{kind: eventConnected, peer: id.String(), text: connection.RemoteMultiaddr().String()}
	if connection.Stat().Direction == network.DirInbound {
		told.number = 1
	}
	p.host.events.putWhenRoom(told)
	if p.host.configuration.PingSeconds > 0 {
		run(func() { p.host.pingUntil(alive, id) })
	}
}

func (p *peers) remove(connection network.Conn) {
	id := connection.RemotePeer()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	known := p.connected[id]
	if known == nil {
		return
	}
	delete(known.connections, connection)
	if len(known.connections) > 0 {
		return
	}
	delete(p.connected, id)
	known.cancel()
	p.host.events.putWhenRoom(event{kind: eventDisconnected, peer: id.String()})
}

func (p *peers) identify(who libp2pevent.EvtPeerIdentificationCompleted) {
	defer survive()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if who.Conn.IsClosed() {
		return
	}
	p.add(who.Conn) // identify may be faster than the notification
	told := event{kind: eventIdentified, peer: who.Peer.String(), text: who.AgentVersion}
	for _, id := range who.Protocols {
		told.list = append(told.list, string(id))
	}
	p.host.events.putWhenRoom(told)
}

// Disconnects a peer that answers no ping.
func (h *host) pingUntil(alive context.Context, id peer.ID) {
	between := seconds(h.configuration.PingSeconds)
	ticker := time.NewTicker(between)
	defer ticker.Stop()
	for lost := 0; lost < pingsLostMax; {
		select {
		case <-alive.Done():
			return
		case <-ticker.C:
		}
		if h.pingOnce(alive, id, between) {
			lost = 0
		} else {
			lost++
		}
	}
	h.network.Network().ClosePeer(id)
}

// A peer that does not know pings has answered, too.
func (h *host) pingOnce(alive context.Context, id peer.ID, patience time.Duration) bool {
	limited, cancel := context.WithTimeout(network.WithNoDial(alive, "a ping"), patience)
	defer cancel()
	answer, more := <-ping.Ping(limited, h.network, id)
	return more && (answer.Error == nil || errors.Is(answer.Error, multistream.ErrNotSupported[protocol.ID]{}))
}

func (h *host) dial(id uint64, text string) {
	address, err := multiaddr.NewMultiaddr(text)
	if err != nil {
		h.dialFailed(id, failure{errorBadAddress, fmt.Sprintf("%q is not a multiaddr: %v", text, err)})
		return
	}
	transport, who := peer.SplitAddr(address)
	switch {
	case who == "":
		h.dialFailed(id, failure{errorBadAddress, fmt.Sprintf("%q has no peer id at its end: /p2p/…", text)})
		return
	case !isTCP(transport):
		h.dialFailed(id, failure{errorBadAddress,
			fmt.Sprintf("%q is not of the form /ip4/127.0.0.1/tcp/60000/p2p/…", text)})
		return
	case who == h.network.ID():
		h.dialFailed(id, failure{errorBadAddress, "this is the host's own address"})
		return
	}
	h.mutex.Lock()
	full := h.dials >= h.configuration.ConnectionsMax
	if !full {
		h.dials++
	}
	h.mutex.Unlock()
	if full {
		h.dialFailed(id, failure{errorTooMany, "as many dials are under way as there may be connections"})
		return
	}
	run(func() {
		defer func() {
			h.mutex.Lock()
			h.dials--
			h.mutex.Unlock()
		}()
		limited, cancel := context.WithTimeout(h.context, seconds(h.configuration.DialSeconds))
		defer cancel()
		// When to try again is the caller's to decide.
		if s, is := h.network.Network().(*swarm.Swarm); is {
			s.Backoff().Clear(who)
		}
		err := h.network.Connect(limited, peer.AddrInfo{ID: who, Addrs: []multiaddr.Multiaddr{transport}})
		if err != nil {
			why := dialFailure(err)
			h.events.putWhenRoom(
				event{kind: eventDialFailed, id: id, err: why.kind, text: why.text, peer: who.String()})
			return
		}
		h.events.putWhenRoom(event{kind: eventDialled, id: id, peer: who.String()})
	})
}

func (h *host) dialFailed(id uint64, why failure) {
	h.events.put(event{kind: eventDialFailed, id: id, err: why.kind, text: why.text})
}

func dialFailure(err error) failure {
	var other sec.ErrPeerIDMismatch
	switch {
	case errors.As(err, &other):
		return failure{errorUnreachable, "the node there is " + other.Actual.String() + ", not the one whose id you gave"}
	case errors.Is(err, network.ErrResourceLimitExceeded):
		return failure{errorTooMany, oneLine(err)}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), os.IsTimeout(err):
		return failure{errorTimedOut, "no answer in time"}
	}
	return failure{errorUnreachable, oneLine(err)}
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func (h *host) disconnect(id peer.ID) {
	run(func() { h.network.Network().ClosePeer(id) })
}
