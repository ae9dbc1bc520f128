// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"errors"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pubsub_pb "github.com/libp2p/go-libp2p-pubsub/pb"
	libp2p_peer "github.com/libp2p/go-libp2p/core/peer"
	libp2p_protocol "github.com/libp2p/go-libp2p/core/protocol"
	"github.com/waku-org/go-waku/waku/v2/protocol/pb"
	"google.golang.org/protobuf/encoding/protowire"
)

// How many of a kind there were, with how many bytes of their RPCs and, for IHAVE and IWANT, how many message ids.
type kindCount struct {
	Count int64 `json:"count"`
	Bytes int64 `json:"bytes"`
	IDs   int64 `json:"ids"`
}

type kindCounts map[string]kindCount

// A field of an RPC is its bytes, their number and a tag of one byte.
func field(bytes int) int64 {
	return int64(1 + protowire.SizeBytes(bytes))
}

func (k kindCounts) add(kind string, bytes int64, ids int) {
	sum := k[kind]
	k[kind] = kindCount{sum.Count + 1, sum.Bytes + bytes, sum.IDs + int64(ids)}
}

// "rpc" has all bytes of it, with the number that goes before; the other kinds have theirs.
func (k kindCounts) addRPC(rpc *pubsub.RPC) {
	k.add("rpc", int64(protowire.SizeBytes(rpc.Size())), 0)
	for _, each := range rpc.GetPublish() {
		k.add("message", field(each.Size()), 0)
	}
	for _, each := range rpc.GetSubscriptions() {
		k.add("subscription", field(each.Size()), 0)
	}
	k.addControl(rpc.GetControl())
}

func (k kindCounts) addControl(control *pubsub_pb.ControlMessage) {
	for _, each := range control.GetIhave() {
		k.add("ihave", field(each.Size()), len(each.GetMessageIDs()))
	}
	for _, each := range control.GetIwant() {
		k.add("iwant", field(each.Size()), len(each.GetMessageIDs()))
	}
	for _, each := range control.GetIdontwant() {
		k.add("idontwant", field(each.Size()), len(each.GetMessageIDs()))
	}
	for _, each := range control.GetGraft() {
		k.add("graft", field(each.Size()), 0)
	}
	for _, each := range control.GetPrune() {
		k.add("prune", field(each.Size()), 0)
	}
}

func (k kindCounts) copied() kindCounts {
	made := kindCounts{}
	for kind, sum := range k {
		made[kind] = sum
	}
	return made
}

// Who brought a message first, and when.
type arrival struct {
	peer libp2p_peer.ID
	time time.Time
}

// What the relay sends and receives, and what it makes of it: told by its own loop and by its validators.
type gossip struct {
	lock                                 sync.Mutex
	in, out, dropped                     kindCounts
	rejected                             map[string]int64
	delivered, duplicates, undeliverable int64
	arrivals                             map[string]arrival
}

func newGossip() *gossip {
	return &gossip{in: kindCounts{}, out: kindCounts{}, dropped: kindCounts{}, rejected: map[string]int64{},
		arrivals: map[string]arrival{}}
}

func (g *gossip) RecvRPC(rpc *pubsub.RPC) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.in.addRPC(rpc)
}

func (g *gossip) SendRPC(rpc *pubsub.RPC, _ libp2p_peer.ID) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.out.addRPC(rpc)
}

func (g *gossip) DropRPC(rpc *pubsub.RPC, _ libp2p_peer.ID) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.dropped.addRPC(rpc)
}

// The first copy of a message of another node, before its subscribers are given it.
func (g *gossip) DeliverMessage(traced *pubsub.Message) {
	now := time.Now()
	decoded, err := pb.Unmarshal(traced.Data)
	g.lock.Lock()
	defer g.lock.Unlock()
	g.delivered++
	if err == nil {
		g.arrivals[hashText(decoded.Hash(traced.GetTopic()).Bytes())] = arrival{traced.ReceivedFrom, now}
	}
}

func (g *gossip) DuplicateMessage(*pubsub.Message) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.duplicates++
}

func (g *gossip) RejectMessage(_ *pubsub.Message, reason string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.rejected[reason]++
}

func (g *gossip) UndeliverableMessage(*pubsub.Message) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.undeliverable++
}

func (g *gossip) AddPeer(libp2p_peer.ID, libp2p_protocol.ID) {}
func (g *gossip) RemovePeer(libp2p_peer.ID)                  {}
func (g *gossip) Join(string)                                {}
func (g *gossip) Leave(string)                               {}
func (g *gossip) Graft(libp2p_peer.ID, string)               {}
func (g *gossip) Prune(libp2p_peer.ID, string)               {}
func (g *gossip) ValidateMessage(*pubsub.Message)            {}
func (g *gossip) ThrottlePeer(libp2p_peer.ID)                {}

func (g *gossip) told() answer {
	g.lock.Lock()
	defer g.lock.Unlock()
	rejected := map[string]int64{}
	for reason, count := range g.rejected {
		rejected[reason] = count
	}
	return answer{"in": g.in.copied(), "out": g.out.copied(), "dropped": g.dropped.copied(), "rejected": rejected,
		"delivered": g.delivered, "duplicates": g.duplicates, "undeliverable": g.undeliverable}
}

// What is known of a message's first copy is asked for once.
func (g *gossip) take(hash string) (arrival, bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	taken, isKnown := g.arrivals[hash]
	delete(g.arrivals, hash)
	return taken, isKnown
}

// The versions of what this program is made of.
func versions() map[string]string {
	made := map[string]string{"go": runtime.Version()}
	built, isKnown := debug.ReadBuildInfo()
	if !isKnown {
		return made
	}
	for _, each := range built.Deps {
		switch each.Path {
		case "github.com/waku-org/go-waku", "github.com/libp2p/go-libp2p", "github.com/libp2p/go-libp2p-pubsub":
			made[each.Path] = each.Version
			if each.Replace != nil {
				made[each.Path] = each.Replace.Path + " " + each.Replace.Version
			}
		}
	}
	return made
}

// Gossipsub's parameters by their names in go-libp2p-pubsub, times in seconds. They are read from the router itself:
// neither it nor go-waku tells with which it runs.
func parameters(relay *pubsub.PubSub) (map[string]any, error) {
	made := map[string]any{}
	within := reflect.ValueOf(relay).Elem()
	router := within.FieldByName("rt").Elem().Elem()
	read := func(name string, value reflect.Value) error {
		switch {
		case !value.IsValid():
			return errors.New("go-libp2p-pubsub has no " + name)
		case value.Type() == reflect.TypeOf(time.Duration(0)):
			made[name] = time.Duration(value.Int()).Seconds()
		case value.CanInt():
			made[name] = value.Int()
		case value.CanUint():
			made[name] = value.Uint()
		case value.CanFloat():
			made[name] = value.Float()
		case value.Kind() == reflect.Bool:
			made[name] = value.Bool()
		}
		return nil
	}
	all := router.FieldByName("params")
	if !all.IsValid() {
		return nil, errors.New("go-libp2p-pubsub keeps its parameters elsewhere")
	}
	for index := range all.NumField() {
		if err := read(all.Type().Field(index).Name, all.Field(index)); err != nil {
			return nil, err
		}
	}
	if err := read("FloodPublish", router.FieldByName("floodPublish")); err != nil {
		return nil, err
	}
	return made, read("SeenMessagesTTL", within.FieldByName("seenMsgTTL"))
}
