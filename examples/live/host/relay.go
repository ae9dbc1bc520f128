// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	relayProtocol = protocol.ID("/vac/waku/relay/2.0.0")
	// What a message's topic, and what gossipsub says besides, add to it on the wire.
	relayOverheadBytes = 4 << 10
	// Calls of the caller that wait for gossipsub.
	relayCallsMax = 256
	// Gossipsub takes what is ready in an order by chance: a publication that waits is passed over by another question
	// with a chance of a half at most, so not so often in a row.
	questionsMax = 64
)

// Gossipsub as Waku has it. One goroutine does what the caller asks, in order.
type relay struct {
	host   *host
	pubsub *pubsub.PubSub
	calls  chan func()

	mutex       sync.Mutex
	topics      map[string]*joinedTopic // changed by that goroutine only
	publication *publication            // the one under way
}

type joinedTopic struct {
	topic        *pubsub.Topic
	subscription *pubsub.Subscription
	peers        *pubsub.TopicEventHandler
	recount      chan struct{}
	leave        context.CancelFunc
}

// What becomes of a publication.
type publication struct {
	bytes  []byte
	taken  bool // it was new, and goes out to the peers
	sentTo map[peer.ID]struct{}
}

func newRelay(h *host) (*relay, error) {
	c := h.configuration
	r := &relay{host: h, calls: make(chan func(), relayCallsMax), topics: map[string]*joinedTopic{}}
	parameters := pubsub.DefaultGossipSubParams()
	parameters.D, parameters.Dlo, parameters.Dhi = c.Mesh[0], c.Mesh[1], c.Mesh[2]
	parameters.Dlazy = c.Mesh[0]
	parameters.Dscore = min(parameters.Dscore, c.Mesh[0])
	parameters.Dout = max(0, min(2, c.Mesh[1]-1, c.Mesh[0]/2-1))
	parameters.HeartbeatInterval = time.Duration(c.HeartbeatMilliseconds * float64(time.Millisecond))
	// As go-waku has them.
	parameters.HistoryLength, parameters.HistoryGossip = 6, 3
	parameters.PruneBackoff, parameters.UnsubscribeBackoff = time.Minute, 5*time.Second
	// Whom to connect to is the caller's to decide, not a pruning peer's.
	parameters.PrunePeers = 0
	var err error
	r.pubsub, err = pubsub.NewGossipSub(h.context, h.network,
		pubsub.WithGossipSubProtocols([]protocol.ID{relayProtocol},
			func(feature pubsub.GossipSubFeature, _ protocol.ID) bool {
				return feature == pubsub.GossipSubFeatureMesh || feature == pubsub.GossipSubFeaturePX
			}),
		pubsub.WithGossipSubParams(parameters),
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(func(message *pb.Message) string {
			id := sha256.Sum256(message.GetData())
			return string(id[:])
		}),
		pubsub.WithFloodPublish(c.FloodPublish),
		pubsub.WithSeenMessagesTTL(seconds(c.GossipSeenSeconds)),
		pubsub.WithMaxMessageSize(c.MessageBytesMax+relayOverheadBytes),
		pubsub.WithPeerOutboundQueueSize(1024),
		pubsub.WithDefaultValidator(func(_ context.Context, _ peer.ID, message *pubsub.Message) bool {
			return len(message.GetData()) <= c.MessageBytesMax
		}, pubsub.WithValidatorInline(true)),
		pubsub.WithRawTracer(tracer{r}))
	if err != nil {
		return nil, err
	}
	run(func() {
		for {
			select {
			case <-h.context.Done():
				return
			case call := <-r.calls:
				r.do(call)
			}
		}
	})
	return r, nil
}

func (r *relay) do(call func()) {
	defer survive()
	call()
}

func (r *relay) ask(call func()) {
	select {
	case r.calls <- call:
	case <-r.host.context.Done():
	}
}

func (r *relay) join(name string) {
	r.ask(func() {
		if r.joined(name) != nil {
			return
		}
		topic, err := r.pubsub.Join(name)
		if err != nil {
			return
		}
		subscription, err := topic.Subscribe(pubsub.WithBufferSize(queuedMessagesMax),
			pubsub.WithMessageFilter(func(message *pubsub.Message) bool {
				if message.ReceivedFrom != r.host.network.ID() {
					return true
				}
				r.whenPublished(message.Message, func(p *publication) { p.taken = true })
				return false
			}))
		if err != nil {
			return
		}
		peers, err := topic.EventHandler()
		if err != nil {
			return
		}
		staying, leave := context.WithCancel(r.host.context)
		joined := &joinedTopic{topic, subscription, peers, make(chan struct{}, 1), leave}
		r.keep(name, joined)
		run(func() { r.tellMessages(staying, joined) })
		run(func() {
			for {
				if _, err := peers.NextPeerEvent(staying); err != nil {
					return
				}
				joined.peersChanged()
			}
		})
		run(func() { r.tellPeers(staying, joined) })
	})
}

func (r *relay) leave(name string) {
	r.ask(func() {
		joined := r.joined(name)
		if joined == nil {
			return
		}
		r.keep(name, nil)
		joined.leave()
		joined.subscription.Cancel()
		joined.peers.Cancel()
		joined.topic.Close()
	})
}

func (r *relay) joined(name string) *joinedTopic {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.topics[name]
}

func (r *relay) keep(name string, joined *joinedTopic) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if joined == nil {
		delete(r.topics, name)
	} else {
		r.topics[name] = joined
	}
}

func (r *relay) tellMessages(staying context.Context, joined *joinedTopic) {
	for {
		message, err := joined.subscription.Next(staying)
		if err != nil {
			return
		}
		r.host.events.putMessage(event{kind: eventMessage, peer: message.ReceivedFrom.String(),
			text: joined.topic.String(), data: message.GetData()})
	}
}

func (j *joinedTopic) peersChanged() {
	select {
	case j.recount <- struct{}{}:
	default:
	}
}

// Tells how many subscribers can be sent something: a peer may have subscribed before that.
func (r *relay) tellPeers(staying context.Context, joined *joinedTopic) {
	told := 0
	for {
		select {
		case <-staying.Done():
			return
		case <-joined.recount:
		}
		there := len(joined.topic.ListPeers())
		if there == told {
			continue
		}
		told = there
		r.host.events.putWhenRoom(event{kind: eventTopicPeers, text: joined.topic.String(), number: uint64(there)})
	}
}

func (h *host) publish(id uint64, topic string, bytes []byte) {
	ended := event{kind: eventPublished, id: id}
	refuse := func(why failure) {
		ended.err, ended.text = why.kind, why.text
		h.events.put(ended)
	}
	if h.relay == nil {
		refuse(failure{errorNotJoined, "the host does not relay"})
		return
	}
	publish := func() {
		sentTo, why := h.relay.publish(topic, bytes)
		ended.number, ended.err, ended.text = uint64(sentTo), why.kind, why.text
		h.events.putWhenRoom(ended)
	}
	select {
	case h.relay.calls <- publish:
	default:
		refuse(failure{errorTooMany, fmt.Sprintf("%d calls wait for gossipsub already", relayCallsMax)})
	}
}

// To how many peers a message was sent.
func (r *relay) publish(topic string, bytes []byte) (int, failure) {
	joined := r.joined(topic)
	if joined == nil {
		return 0, failure{errorNotJoined, fmt.Sprintf("%q was not joined", topic)}
	}
	if most := r.host.configuration.MessageBytesMax; len(bytes) > most {
		return 0, failure{errorTooLarge, fmt.Sprintf("it has %d bytes, and may have %d", len(bytes), most)}
	}
	under := &publication{bytes: bytes, sentTo: map[peer.ID]struct{}{}}
	r.follow(under)
	defer r.follow(nil)
	if err := joined.topic.Publish(r.host.context, bytes); err != nil {
		var invalid pubsub.ValidationError
		if errors.As(err, &invalid) {
			return 0, failure{errorRefused, oneLine(err)}
		}
		return 0, failure{errorFailed, oneLine(err)}
	}
	// Gossipsub does one thing after the other, and drops what it knows without a word: once it has answered another
	// question after it took the message, it has sent it.
	for asked := 0; asked < questionsMax; asked++ {
		taken, _ := r.stateOf(under)
		r.pubsub.GetTopics()
		if taken {
			_, sentTo := r.stateOf(under)
			return sentTo, failure{}
		}
	}
	return 0, failure{errorRefused, "this message was known already"}
}

func (r *relay) stateOf(p *publication) (taken bool, sentTo int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return p.taken, len(p.sentTo)
}

func (r *relay) follow(p *publication) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.publication = p
}

// Calls `then`, under the lock, where a message is the one that is being published.
func (r *relay) whenPublished(message *pb.Message, then func(*publication)) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	p := r.publication
	if p != nil && len(message.GetData()) == len(p.bytes) &&
		unsafe.SliceData(message.GetData()) == unsafe.SliceData(p.bytes) {
		then(p)
	}
}

// Sees what gossipsub does, and what it does with a message that is published here.
type tracer struct{ relay *relay }

func (t tracer) OnNewOutboundStream(peer.ID, protocol.ID) {
	t.relay.mutex.Lock()
	defer t.relay.mutex.Unlock()
	for _, joined := range t.relay.topics {
		joined.peersChanged()
	}
}

func (t tracer) SendRPC(rpc *pubsub.RPC, to peer.ID) {
	for _, message := range rpc.GetPublish() {
		t.relay.whenPublished(message, func(p *publication) { p.sentTo[to] = struct{}{} })
	}
}

func (tracer) DuplicateMessage(*pubsub.Message)      {}
func (tracer) DeliverMessage(*pubsub.Message)        {}
func (tracer) OnClosedOutboundStream(peer.ID)        {}
func (tracer) Join(string)                           {}
func (tracer) Leave(string)                          {}
func (tracer) Graft(peer.ID, string)                 {}
func (tracer) Prune(peer.ID, string)                 {}
func (tracer) ValidateMessage(*pubsub.Message)       {}
func (tracer) RejectMessage(*pubsub.Message, string) {}
func (tracer) ThrottlePeer(peer.ID)                  {}
func (tracer) RecvRPC(*pubsub.RPC)                   {}
func (tracer) DropRPC(*pubsub.RPC, peer.ID)          {}
func (tracer) UndeliverableMessage(*pubsub.Message)  {}
