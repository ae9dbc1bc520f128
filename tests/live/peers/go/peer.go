// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/waku-org/go-waku/cmd/waku/server/rest"
	"github.com/waku-org/go-waku/waku/persistence"
	"github.com/waku-org/go-waku/waku/persistence/sqlite"
	"github.com/waku-org/go-waku/waku/v2/node"
	"github.com/waku-org/go-waku/waku/v2/onlinechecker"
	"github.com/waku-org/go-waku/waku/v2/protocol/filter"
	"github.com/waku-org/go-waku/waku/v2/protocol/lightpush"
	"github.com/waku-org/go-waku/waku/v2/timesource"
	"github.com/waku-org/go-waku/waku/v2/utils"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/time/rate"
)

// A node, its clients and who hears of it.
type peer struct {
	settings *settings
	output   *lines
	context  context.Context
	node     *node.WakuNode
	filter   *filter.WakuFilterLightNode
	traffic  *traffic
	gossip   *gossip
	rest     string

	joining sync.Mutex
	joined  map[string]bool

	subscribing sync.Mutex
	refusal     *refusal
}

func startPeer(context context.Context, settings *settings, output *lines) (*peer, error) {
	p := &peer{
		settings: settings,
		output:   output,
		context:  context,
		traffic:  newTraffic(),
		gossip:   newGossip(),
		joined:   map[string]bool{},
		refusal:  &refusal{LevelEnabler: zap.ErrorLevel},
	}
	toErrorOutput := zapcore.NewCore(zapcore.NewConsoleEncoder(zap.NewProductionEncoderConfig()),
		zapcore.Lock(os.Stderr), zap.WarnLevel)
	logger := zap.New(zapcore.NewTee(toErrorOutput, p.refusal))
	// go-waku makes these when first used, by several threads and without a lock.
	for _, part := range []string{"relay", "filter", "lightpush", "store"} {
		utils.MessagesLogger(part)
	}
	options, err := p.options(logger)
	if err != nil {
		return nil, err
	}
	if p.node, err = node.New(options...); err != nil {
		return nil, err
	}
	if err := p.node.Start(context); err != nil {
		return nil, err
	}
	if settings.serves("relay") {
		for _, topic := range settings.topics() {
			if err := p.joinRelay(topic); err != nil {
				return nil, err
			}
		}
	}
	if p.filter = p.node.FilterLightnode(); p.ownFilterClient() {
		p.filter = filter.NewWakuFilterLightNode(p.node.Broadcaster(), p.node.PeerManager(),
			timesource.NewDefaultClock(), onlinechecker.NewDefaultOnlineChecker(true), prometheus.NewRegistry(),
			logger, filter.WithLightNodeRateLimiter(rate.Inf, 1))
		p.filter.SetHost(p.node.Host())
		if err := p.filter.Start(context); err != nil {
			return nil, err
		}
	}
	return p, p.startRest(logger)
}

// The node's own filter client refuses pushes beyond 15 a second and peer, and no option of the node says otherwise;
// but go-waku's REST server uses that one.
func (p *peer) ownFilterClient() bool {
	return p.settings.Limits == "none" && p.settings.Rest == nil
}

func (p *peer) options(logger *zap.Logger) ([]node.WakuNodeOption, error) {
	key, err := p.settings.key()
	if err != nil {
		return nil, err
	}
	address, err := p.settings.listenAddress()
	if err != nil {
		return nil, err
	}
	announced, err := p.settings.announced()
	if err != nil {
		return nil, err
	}
	limited := p.settings.Limits == "default"
	libp2pOptions := append([]libp2p.Option{libp2p.BandwidthReporter(p.traffic)}, node.DefaultLibP2POptions...)
	if len(announced) != 0 {
		libp2pOptions = append(libp2pOptions,
			libp2p.AddrsFactory(func([]multiaddr.Multiaddr) []multiaddr.Multiaddr { return announced }))
	}
	var filterOptions []filter.Option
	var lightpushOptions []lightpush.Option
	options := []node.WakuNodeOption{
		node.WithLogger(logger),
		node.WithPrivateKey(key),
		node.WithHostAddress(address),
		node.WithClusterID(p.settings.Cluster),
		node.WithShards(p.settings.Shards),
		node.WithKeepAlive(10*time.Second, 5*time.Minute), // As go-waku's program does.
	}
	if !limited {
		libp2pOptions = append(libp2pOptions, libp2p.ResourceManager(&network.NullResourceManager{}))
		filterOptions = append(filterOptions, filter.WithFullNodeRateLimiter(rate.Inf, 1), filter.WithMaxSubscribers(10000))
		lightpushOptions = append(lightpushOptions, lightpush.WithRateLimiter(rate.Inf, 1))
		options = append(options, node.WithMaxConnectionsPerIP(0), node.WithMaxPeerConnections(1000),
			node.WithWakuStoreRateLimit(rate.Inf))
	}
	options = append(options, node.WithLibP2POptions(libp2pOptions...))
	if !p.ownFilterClient() {
		options = append(options, node.WithWakuFilterLightNode())
	}
	if p.settings.serves("relay") {
		options = append(options, node.WithWakuRelay(pubsub.WithRawTracer(p.gossip)), node.WithPeerExchange())
	}
	if p.settings.serves("filter") {
		options = append(options, node.WithWakuFilterFullNode(filterOptions...))
	}
	if p.settings.serves("lightpush") {
		options = append(options, node.WithLightPush(lightpushOptions...))
	}
	if p.settings.serves("store") {
		file := p.settings.StoreFile
		if file == "" {
			file = ":memory:"
		}
		database, err := sqlite.NewDB(file, logger)
		if err != nil {
			return nil, err
		}
		store, err := persistence.NewDBStore(prometheus.NewRegistry(), logger, persistence.WithDB(database),
			persistence.WithMigrations(sqlite.Migrations))
		if err != nil {
			return nil, err
		}
		options = append(options, node.WithWakuStore(), node.WithMessageProvider(store))
	}
	return options, nil
}

// The server neither takes a listener nor tells its port, so it is given one that was free a moment ago.
func (p *peer) startRest(logger *zap.Logger) error {
	if p.settings.Rest == nil {
		return nil
	}
	port := int(*p.settings.Rest)
	if port == 0 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		port = listener.Addr().(*net.TCPAddr).Port
		if err := listener.Close(); err != nil {
			return err
		}
	}
	var started sync.WaitGroup
	started.Add(1)
	rest.NewWakuRest(p.node, rest.RestConfig{Address: "127.0.0.1", Port: uint(port), EnableAdmin: true,
		RelayCacheCapacity: 1000, FilterCacheCapacity: 30}, logger).Start(p.context, &started)
	started.Wait()
	address := fmt.Sprintf("127.0.0.1:%d", port)
	for tries := 0; ; tries++ {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			p.rest = "http://" + address
			return connection.Close()
		}
		if tries == 100 {
			return fmt.Errorf("the REST server: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (p *peer) started() map[string]any {
	addresses := []string{}
	for _, address := range p.node.ListenAddresses() {
		addresses = append(addresses, address.String())
	}
	event := map[string]any{"event": "started", "peer": p.node.ID(), "addresses": addresses}
	if p.rest != "" {
		event["rest"] = p.rest
	}
	return event
}

// What a server answered to a subscription that failed, which go-waku's client only logs.
type refusal struct {
	zapcore.LevelEnabler
	lock sync.Mutex
	why  error
}

func (r *refusal) With([]zapcore.Field) zapcore.Core { return r }
func (r *refusal) Sync() error                       { return nil }

func (r *refusal) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Message == "Failed to subscribe" {
		return checked.AddCore(entry, r)
	}
	return checked
}

func (r *refusal) Write(_ zapcore.Entry, fields []zapcore.Field) error {
	for _, field := range fields {
		if why, isError := field.Interface.(error); isError {
			r.lock.Lock()
			r.why = why
			r.lock.Unlock()
		}
	}
	return nil
}

// What was logged since the last time, or nil.
func (r *refusal) take() error {
	r.lock.Lock()
	defer r.lock.Unlock()
	why := r.why
	r.why = nil
	return why
}
