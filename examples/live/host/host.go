// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	libp2phost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/gologshim"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
)

// How long closing may take before the caller is let go.
const stopPatience = time.Second

type host struct {
	configuration configuration
	events        *eventQueue
	network       libp2phost.Host
	resources     network.ResourceManager
	traffic       *traffic
	relay         *relay
	peers         peers
	context       context.Context
	cancel        context.CancelFunc

	mutex         sync.Mutex
	streams       map[uint64]*stream
	streamsOfPeer map[peer.ID]int
	nextAccepted  uint64
	dials         int
}

// What matters is told by events; libp2p's own log is for whoever asks for it.
func init() {
	if os.Getenv("GOLOG_LOG_LEVEL") == "" {
		gologshim.SetDefaultHandler(slog.DiscardHandler)
	}
}

// How often a goroutine was about to end the process.
var panics atomic.Uint64

// Deferred wherever a panic would reach the caller's process.
func survive() {
	if cause := recover(); cause != nil {
		panics.Add(1)
		slog.Error("libp2p host: a panic was held", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	}
}

func run(what func()) {
	go func() {
		defer survive()
		what()
	}()
}

// Starts a host that gives its events to `tell`, one at a time.
func startHost(c configuration, tell func(event)) (*host, error) {
	key, err := loadIdentity(c.KeyFile)
	if err != nil {
		return nil, err
	}
	h := &host{
		configuration: c,
		events:        newEventQueue(),
		traffic:       &traffic{BandwidthCounter: metrics.NewBandwidthCounter()},
		streams:       map[uint64]*stream{},
		streamsOfPeer: map[peer.ID]int{},
		nextAccepted:  1,
	}
	h.context, h.cancel = context.WithCancel(context.Background())
	if h.resources, err = newResourceManager(c); err != nil {
		return nil, fmt.Errorf("the bounds of the configuration cannot be set: %w", err)
	}
	muxer := *yamux.DefaultTransport
	// What a peer may send before it is read: besides the window that the caller has, as much again. Yamux knows no less
	// than 256 KiB.
	muxer.MaxStreamWindowSize = uint32(max(c.StreamWindowBytes, 256<<10))
	h.network, err = libp2p.New(
		libp2p.Identity(key),
		libp2p.UserAgent(c.Agent),
		libp2p.NoListenAddrs,
		libp2p.AddrsFactory(c.announced),
		libp2p.NoTransports,
		libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport(), tcp.WithConnectionTimeout(seconds(c.DialSeconds))),
		libp2p.Security(noise.ID, noise.New),
		libp2p.Muxer(yamux.ID, &muxer),
		libp2p.ResourceManager(h.resources),
		libp2p.ConnectionManager(connmgr.NullConnMgr{}),
		libp2p.BandwidthReporter(h.traffic),
		libp2p.WithDialTimeout(seconds(c.DialSeconds)),
		libp2p.Ping(true),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.DisableIdentifyAddressDiscovery(),
		// Said here, so that nobody is asked whether we can be reached.
		libp2p.ForceReachabilityPrivate(),
	)
	if err != nil {
		h.cancel()
		h.resources.Close()
		return nil, fmt.Errorf("libp2p does not start: %w", err)
	}
	if err = h.begin(); err != nil {
		h.events.close()
	}
	run(func() { h.events.run(tell) })
	if err != nil {
		h.stop()
		return nil, err
	}
	return h, nil
}

func (h *host) begin() error {
	if err := h.peers.begin(h); err != nil {
		return err
	}
	if h.configuration.Relay {
		var err error
		if h.relay, err = newRelay(h); err != nil {
			return fmt.Errorf("gossipsub does not start: %w", err)
		}
	}
	for _, text := range h.configuration.Listen {
		address, err := multiaddr.NewMultiaddr(text)
		if err == nil {
			err = h.network.Network().Listen(address)
		}
		if err != nil {
			return listenFailure(text, err)
		}
	}
	addresses, err := h.network.Network().InterfaceListenAddresses()
	if err != nil {
		return fmt.Errorf("what is listened on cannot be told: %w", err)
	}
	started := event{kind: eventStarted, text: h.network.ID().String()}
	for _, address := range addresses {
		started.list = append(started.list, address.String()+"/p2p/"+started.text)
	}
	h.events.putFirst(started)
	return nil
}

// The swarm gives the system's errors as text.
func listenFailure(address string, err error) error {
	for said, advice := range map[string]string{
		syscall.EADDRINUSE.Error():    "another program has the port: give another port, or 0 for any",
		syscall.EADDRNOTAVAIL.Error(): "this machine has no such address: give one of its own, or 0.0.0.0 for all",
		syscall.EACCES.Error():        "the system does not let you: give a port above 1023",
	} {
		if strings.Contains(err.Error(), said) {
			return fmt.Errorf("nothing can listen on %s: %s", address, advice)
		}
	}
	return fmt.Errorf("nothing can listen on %s: %w", address, err)
}

func newResourceManager(c configuration) (network.ResourceManager, error) {
	// Ping, identify and gossipsub need streams besides those of the caller.
	ownStreams := 16
	// Memory is bounded by the streams and their windows, and not by what the machine has.
	whole := rcmgr.ResourceLimits{
		Memory:          rcmgr.Unlimited64,
		Streams:         rcmgr.LimitVal(c.StreamsMax + ownStreams*c.ConnectionsMax),
		StreamsInbound:  rcmgr.LimitVal(c.StreamsMax + ownStreams*c.ConnectionsMax),
		StreamsOutbound: rcmgr.LimitVal(c.StreamsMax + ownStreams*c.ConnectionsMax),
		Conns:           rcmgr.LimitVal(c.ConnectionsMax),
		ConnsInbound:    rcmgr.LimitVal(c.ConnectionsMax),
		ConnsOutbound:   rcmgr.LimitVal(c.ConnectionsMax),
		FD:              rcmgr.LimitVal(c.ConnectionsMax),
	}
	ofPeer := rcmgr.ResourceLimits{
		Memory:          rcmgr.Unlimited64,
		Streams:         rcmgr.LimitVal(c.StreamsPerPeerMax + ownStreams),
		StreamsInbound:  rcmgr.LimitVal(c.StreamsPerPeerMax + ownStreams),
		StreamsOutbound: rcmgr.LimitVal(c.StreamsPerPeerMax + ownStreams),
	}
	limits := rcmgr.PartialLimitConfig{
		System:              whole,
		Transient:           whole,
		ProtocolDefault:     whole,
		ServiceDefault:      whole,
		PeerDefault:         ofPeer,
		ProtocolPeerDefault: ofPeer,
		ServicePeerDefault:  ofPeer,
	}
	ofIP := c.ConnectionsPerIPMax
	if ofIP == 0 {
		ofIP = math.MaxInt
	}
	return rcmgr.NewResourceManager(
		rcmgr.NewFixedLimiter(limits.Build(rcmgr.DefaultLimits.AutoScale())),
		rcmgr.WithMetricsDisabled(),
		// The loopback is bounded like every other address.
		rcmgr.WithNetworkPrefixLimit([]rcmgr.NetworkPrefixLimit{}, []rcmgr.NetworkPrefixLimit{}),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: ofIP}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 128, ConnCount: ofIP}}))
}

func (h *host) serve(id string) {
	h.network.SetStreamHandler(protocol.ID(id), func(opened network.Stream) {
		defer survive()
		h.accept(opened)
	})
}

// Ends within a second, and as soon as what is being told has been taken.
func (h *host) stop() {
	h.events.close()
	h.cancel()
	closed := make(chan struct{})
	run(func() {
		defer close(closed)
		for _, s := range h.allStreams() {
			s.breakOff()
		}
		h.peers.end()
		h.network.Close()
	})
	select {
	case <-closed:
	case <-time.After(stopPatience):
	}
	<-h.events.ended
}
