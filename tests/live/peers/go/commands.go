// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	libp2p_peer "github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/waku-org/go-waku/waku/v2/protocol"
	"github.com/waku-org/go-waku/waku/v2/protocol/enr"
	"github.com/waku-org/go-waku/waku/v2/protocol/filter"
	"github.com/waku-org/go-waku/waku/v2/protocol/legacy_store"
	legacy_store_pb "github.com/waku-org/go-waku/waku/v2/protocol/legacy_store/pb"
	"github.com/waku-org/go-waku/waku/v2/protocol/lightpush"
	"github.com/waku-org/go-waku/waku/v2/protocol/metadata"
	"github.com/waku-org/go-waku/waku/v2/protocol/pb"
	"github.com/waku-org/go-waku/waku/v2/protocol/relay"
	"github.com/waku-org/go-waku/waku/v2/protocol/store"
	"github.com/waku-org/go-waku/waku/v2/protocol/subscription"
	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"
)

const commandLimit = 30 * time.Second

var errUnsupported = errors.New("unsupported")

type command struct {
	ID            json.RawMessage `json:"id"`
	Do            string          `json:"do"`
	Address       string          `json:"address"`
	Peer          string          `json:"peer"`
	Cluster       uint16          `json:"cluster"`
	Shards        []uint16        `json:"shards"`
	Version       int             `json:"version"`
	PubsubTopic   string          `json:"pubsub_topic"`
	ContentTopics []string        `json:"content_topics"`
	Message       *message        `json:"message"`
	Hashes        []string        `json:"hashes"`
	Start         *int64          `json:"start,string"`
	End           *int64          `json:"end,string"`
	IncludeData   bool            `json:"include_data"`
	PageSize      uint64          `json:"page_size"`
	Forward       bool            `json:"forward"`
	Cursor        string          `json:"cursor"`
}

type answer = map[string]any

type message struct {
	Payload      []byte `json:"payload"`
	ContentTopic string `json:"content_topic"`
	Timestamp    *int64 `json:"timestamp,omitempty,string"`
	Meta         []byte `json:"meta,omitempty"`
	Ephemeral    bool   `json:"ephemeral,omitempty"`
}

func (m *message) encoded() *pb.WakuMessage {
	made := &pb.WakuMessage{Payload: m.Payload, ContentTopic: m.ContentTopic, Timestamp: m.Timestamp, Meta: m.Meta}
	if m.Ephemeral {
		made.Ephemeral = proto.Bool(true)
	}
	return made
}

func decoded(from *pb.WakuMessage) *message {
	if from == nil {
		return nil
	}
	return &message{from.Payload, from.ContentTopic, from.Timestamp, from.Meta, from.GetEphemeral()}
}

func hashText(hash []byte) string {
	return "0x" + hex.EncodeToString(hash)
}

func hashFrom(text string) (pb.MessageHash, error) {
	bytes, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err == nil && len(bytes) != len(pb.MessageHash{}) {
		err = fmt.Errorf("a hash of %d bytes", len(bytes))
	}
	return pb.ToMessageHash(bytes), err
}

func (p *peer) run(line []byte) {
	asked := command{IncludeData: true, Forward: true}
	var said answer
	err := json.Unmarshal(line, &asked)
	if err == nil {
		limited, cancel := context.WithTimeout(p.context, commandLimit)
		defer cancel()
		said, err = p.answer(limited, &asked)
	}
	if said == nil {
		said = answer{}
	}
	said["event"] = "done"
	said["id"] = asked.ID
	said["ok"] = err == nil
	if err != nil {
		said["why"] = err.Error()
	}
	p.output.write(said)
}

func (p *peer) answer(limited context.Context, asked *command) (answer, error) {
	switch asked.Do {
	case "hash", "lightpush", "relay_publish":
		if asked.Message == nil {
			return nil, errors.New("no message")
		}
	}
	if asked.PubsubTopic == "" {
		if err := p.findTopic(asked); err != nil {
			return nil, err
		}
	}
	switch asked.Do {
	case "relay_join", "relay_leave", "relay_publish", "mesh", "gossip", "about":
		if !p.settings.serves("relay") {
			return nil, errUnsupported
		}
	}
	switch asked.Do {
	case "dial":
		return p.dial(limited, asked)
	case "traffic":
		return p.traffic.told(), nil
	case "gossip":
		return p.gossip.told(), nil
	case "about":
		used, err := parameters(p.node.Relay().PubSub())
		return answer{"versions": versions(), "gossipsub": used}, err
	case "hash":
		return answer{"hash": hashText(asked.Message.encoded().Hash(asked.PubsubTopic).Bytes())}, nil
	case "relay_join":
		return nil, p.joinRelay(asked.PubsubTopic)
	case "relay_leave":
		return nil, p.leaveRelay(asked.PubsubTopic)
	case "relay_publish":
		return p.publishRelay(limited, asked)
	case "mesh":
		peers := p.node.Relay().PubSub()
		return answer{"peers": len(peers.ListPeers(asked.PubsubTopic)), "mesh": len(peers.MeshPeers(asked.PubsubTopic))}, nil
	}
	asks, isKnown := map[string]func(context.Context, libp2p_peer.ID, *command) (answer, error){
		"protocols":          p.protocols,
		"metadata":           p.askMetadata,
		"lightpush":          p.push,
		"filter_subscribe":   p.subscribe,
		"filter_unsubscribe": p.unsubscribe,
		"filter_ping":        p.ping,
		"store":              p.queryStore,
	}[asked.Do]
	if !isKnown {
		return nil, errUnsupported
	}
	id, err := libp2p_peer.Decode(asked.Peer)
	if err != nil {
		return nil, fmt.Errorf("the peer: %w", err)
	}
	return asks(limited, id, asked)
}

// go-waku's clients and relay find topics likewise, but not all of them tell.
func (p *peer) findTopic(asked *command) error {
	contentTopics := asked.ContentTopics
	switch asked.Do {
	case "hash", "lightpush", "relay_publish":
		contentTopics = []string{asked.Message.ContentTopic}
	case "filter_subscribe", "filter_unsubscribe", "store":
	case "relay_join", "relay_leave", "mesh":
		return errUnsupported
	default:
		return nil
	}
	if !p.settings.autosharded() {
		return errUnsupported
	}
	for _, each := range contentTopics {
		topic, err := protocol.GetPubSubTopicFromContentTopic(each)
		if err != nil {
			return err
		}
		if asked.PubsubTopic != "" && asked.PubsubTopic != topic {
			return errUnsupported // Of several shards at once.
		}
		asked.PubsubTopic = topic
	}
	return nil
}

func (p *peer) protocols(_ context.Context, id libp2p_peer.ID, _ *command) (answer, error) {
	// What was learnt of a peer can outlast its going, where it went while it was being asked.
	if p.node.Host().Network().Connectedness(id) != network.Connected {
		return nil, errors.New("not connected")
	}
	protocols, err := p.node.Host().Peerstore().GetProtocols(id)
	if err != nil {
		return nil, err
	}
	return answer{"protocols": protocols}, nil
}

func (p *peer) dial(limited context.Context, asked *command) (answer, error) {
	info, err := libp2p_peer.AddrInfoFromString(asked.Address)
	if err != nil {
		return nil, err
	}
	// A test that dials knows why the last dial failed and that the next one may not.
	if dialler, isSwarm := p.node.Host().Network().(*swarm.Swarm); isSwarm {
		dialler.Backoff().Clear(info.ID)
	}
	if err := p.node.DialPeerWithInfo(limited, *info); err != nil {
		return nil, err
	}
	return answer{"peer": info.ID.String()}, nil
}

func messageEvent(via string, envelope *protocol.Envelope) answer {
	return answer{"event": "message", "via": via, "pubsub_topic": envelope.PubsubTopic(),
		"message": decoded(envelope.Message()), "hash": hashText(envelope.Hash().Bytes())}
}

func (p *peer) tellRelayed(envelope *protocol.Envelope) {
	event := messageEvent("relay", envelope)
	if first, isKnown := p.gossip.take(event["hash"].(string)); isKnown {
		event["peer"], event["received"] = first.peer.String(), fmt.Sprint(first.time.UnixNano())
	}
	p.output.write(event)
}

func (p *peer) tellPushed(from string, envelope *protocol.Envelope) {
	event := messageEvent("filter", envelope)
	event["peer"] = from
	p.output.write(event)
}

func (p *peer) joinRelay(topic string) error {
	p.joining.Lock()
	defer p.joining.Unlock()
	if p.joined[topic] {
		return nil
	}
	made, err := p.node.Relay().Subscribe(p.context, protocol.NewContentFilter(topic))
	if err != nil {
		return err
	}
	p.joined[topic] = true
	for _, each := range made {
		go func() {
			for envelope := range each.Ch {
				p.tellRelayed(envelope)
			}
		}()
	}
	return nil
}

func (p *peer) leaveRelay(topic string) error {
	p.joining.Lock()
	defer p.joining.Unlock()
	delete(p.joined, topic)
	return p.node.Relay().Unsubscribe(p.context, protocol.NewContentFilter(topic))
}

func (p *peer) publishRelay(limited context.Context, asked *command) (answer, error) {
	now := time.Now()
	hash, err := p.node.Relay().Publish(limited, asked.Message.encoded(), relay.WithPubSubTopic(asked.PubsubTopic))
	if err != nil {
		return nil, err
	}
	return answer{"peers": len(p.node.Relay().PubSub().ListPeers(asked.PubsubTopic)), "hash": hashText(hash.Bytes()),
		"published": fmt.Sprint(now.UnixNano())}, nil
}

// By go-waku's client of the cluster and shards that are asked with, which need not be the node's.
func (p *peer) askMetadata(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	key, err := (&settings{}).key()
	if err != nil {
		return nil, err
	}
	record, err := enr.NewLocalnode(key)
	if err != nil {
		return nil, err
	}
	if len(asked.Shards) != 0 {
		shards, err := protocol.NewRelayShards(asked.Cluster, asked.Shards...)
		if err != nil {
			return nil, err
		}
		if err := enr.Update(zap.NewNop(), record, enr.WithWakuRelaySharding(shards)); err != nil {
			return nil, err
		}
	}
	client := metadata.NewWakuMetadata(asked.Cluster, record, zap.NewNop())
	client.SetHost(p.node.Host())
	told, err := client.Request(limited, id)
	if err != nil {
		return nil, err
	}
	shards := told.Shards
	if shards == nil {
		shards = []uint32{}
	}
	return answer{"cluster": told.ClusterId, "shards": shards}, nil
}

func (p *peer) push(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	if asked.Version == 3 {
		return nil, errUnsupported
	}
	pushed := asked.Message.encoded()
	// The client's own check, whose answer it does not pass on.
	if err := pushed.Validate(); err != nil {
		return nil, err
	}
	hash, err := p.node.Lightpush().Publish(limited, pushed, lightpush.WithPeer(id),
		lightpush.WithPubSubTopic(asked.PubsubTopic))
	if err == nil {
		return answer{"status": 200, "text": "", "hash": hashText(hash.Bytes())}, nil
	}
	// What the server answered stands after these words, and nothing where it did not.
	text, isRefused := strings.CutPrefix(err.Error(), "lightpush error")
	if isRefused && text != "" {
		return answer{"status": 0, "text": text}, nil
	}
	return nil, err
}

// An answer of the server is one, whatever it says.
func filterAnswer(err error) (answer, error) {
	var refused *filter.FilterError
	if errors.As(err, &refused) {
		return answer{"status": refused.Code, "text": refused.Message}, nil
	}
	if err != nil {
		return nil, err
	}
	return answer{"status": 200, "text": ""}, nil
}

func (p *peer) ping(limited context.Context, id libp2p_peer.ID, _ *command) (answer, error) {
	return filterAnswer(p.filter.Ping(limited, id))
}

func (p *peer) subscribe(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	p.subscribing.Lock() // So that the refusal is this one's.
	defer p.subscribing.Unlock()
	before := p.filter.Subscriptions()
	p.refusal.take()
	made, err := p.filter.Subscribe(limited, protocol.NewContentFilter(asked.PubsubTopic, asked.ContentTopics...),
		filter.WithPeer(id))
	if err != nil {
		if why := p.refusal.take(); why != nil {
			err = why
		}
		return filterAnswer(err)
	}
	for _, each := range made {
		// A push is told once, however often its topic was subscribed.
		for _, earlier := range before {
			if earlier.PeerID == each.PeerID && earlier.ContentFilter.PubsubTopic == each.ContentFilter.PubsubTopic {
				earlier.Remove(asked.ContentTopics...)
			}
		}
		go p.tellPushes(each)
	}
	return filterAnswer(nil)
}

func (p *peer) tellPushes(of *subscription.SubscriptionDetails) {
	for {
		select {
		case envelope, isOpen := <-of.C:
			if !isOpen {
				return
			}
			p.tellPushed(of.PeerID.String(), envelope)
		case <-of.Closing: // The server did not answer go-waku's pings.
			_ = of.Close()
			return
		case <-p.context.Done():
			return
		}
	}
}

func (p *peer) unsubscribe(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	var result *filter.WakuFilterPushResult
	var err error
	if len(asked.ContentTopics) == 0 {
		result, err = p.filter.UnsubscribeAll(limited, filter.WithPeer(id))
	} else {
		result, err = p.filter.Unsubscribe(limited, protocol.NewContentFilter(asked.PubsubTopic, asked.ContentTopics...),
			filter.WithPeer(id))
	}
	if err != nil {
		return nil, err
	}
	for _, each := range result.Errors() {
		if each.Err != nil {
			return filterAnswer(each.Err)
		}
	}
	return filterAnswer(nil)
}

func (p *peer) queryStore(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	if asked.Version == 2 {
		return p.queryLegacyStore(limited, id, asked)
	}
	options := []store.RequestOption{store.WithPeer(id), store.WithPaging(asked.Forward, asked.PageSize),
		store.IncludeData(asked.IncludeData)}
	if asked.Cursor != "" {
		cursor, err := hashFrom(asked.Cursor)
		if err != nil {
			return nil, fmt.Errorf("the cursor: %w", err)
		}
		options = append(options, store.WithCursor(cursor.Bytes()))
	}
	var criteria store.Criteria = store.FilterCriteria{
		ContentFilter: protocol.NewContentFilter(asked.PubsubTopic, asked.ContentTopics...),
		TimeStart:     asked.Start,
		TimeEnd:       asked.End,
	}
	if len(asked.Hashes) != 0 {
		hashes := make([]pb.MessageHash, len(asked.Hashes))
		for index, text := range asked.Hashes {
			var err error
			if hashes[index], err = hashFrom(text); err != nil {
				return nil, err
			}
		}
		criteria = store.MessageHashCriteria{MessageHashes: hashes}
	}
	result, err := p.node.Store().Request(limited, criteria, options...)
	var refused *store.StoreError
	if errors.As(err, &refused) {
		return answer{"status": refused.Code, "text": refused.Message, "entries": []answer{}}, nil
	}
	if err != nil {
		return nil, err
	}
	entries := []answer{}
	for _, each := range result.Messages() {
		entry := answer{"hash": hashText(each.MessageHash), "pubsub_topic": each.GetPubsubTopic()}
		if each.Message != nil {
			entry["message"] = decoded(each.Message)
			computed := each.Message.Hash(each.GetPubsubTopic()).Bytes()
			if !bytes.Equal(computed, each.MessageHash) {
				return nil, fmt.Errorf("the store names %s, which is %s", hashText(each.MessageHash), hashText(computed))
			}
		}
		entries = append(entries, entry)
	}
	said := answer{"status": result.Response().GetStatusCode(), "text": result.Response().GetStatusDesc(),
		"entries": entries}
	if cursor := result.Cursor(); len(cursor) != 0 {
		said["cursor"] = hashText(cursor)
	}
	return said, nil
}

func (p *peer) queryLegacyStore(limited context.Context, id libp2p_peer.ID, asked *command) (answer, error) {
	if len(asked.Hashes) != 0 || !asked.IncludeData {
		return nil, errUnsupported
	}
	options := []legacy_store.HistoryRequestOption{legacy_store.WithPeer(id),
		legacy_store.WithPaging(asked.Forward, asked.PageSize)}
	if asked.Cursor != "" {
		bytes, err := base64.StdEncoding.DecodeString(asked.Cursor)
		if err != nil {
			return nil, fmt.Errorf("the cursor: %w", err)
		}
		cursor := &legacy_store_pb.Index{}
		if err := proto.Unmarshal(bytes, cursor); err != nil {
			return nil, fmt.Errorf("the cursor: %w", err)
		}
		options = append(options, legacy_store.WithCursor(cursor))
	}
	result, err := p.node.LegacyStore().Query(limited, legacy_store.Query{PubsubTopic: asked.PubsubTopic,
		ContentTopics: asked.ContentTopics, StartTime: asked.Start, EndTime: asked.End}, options...)
	if err != nil && err.Error() == "invalid cursor" {
		return answer{"status": 400, "text": err.Error(), "entries": []answer{}}, nil
	}
	if err != nil {
		return nil, err
	}
	entries := []answer{}
	for _, each := range result.Messages {
		entries = append(entries, answer{"hash": hashText(each.Hash(asked.PubsubTopic).Bytes()),
			"pubsub_topic": asked.PubsubTopic, "message": decoded(each)})
	}
	said := answer{"status": 200, "text": "", "entries": entries}
	if cursor := result.Cursor(); cursor != nil {
		bytes, err := proto.Marshal(cursor)
		if err != nil {
			return nil, err
		}
		said["cursor"] = base64.StdEncoding.EncodeToString(bytes)
	}
	return said, nil
}
