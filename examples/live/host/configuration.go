// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/multiformats/go-multiaddr"
)

// What libp2p_host_start() takes, by the names of its JSON.
type configuration struct {
	Listen                []string `json:"listen"`
	Announce              []string `json:"announce"`
	KeyFile               string   `json:"key_file"`
	Agent                 string   `json:"agent"`
	Relay                 bool     `json:"relay"`
	MessageBytesMax       int      `json:"message_bytes_max"`
	StreamWindowBytes     int      `json:"stream_window_bytes"`
	StreamsMax            int      `json:"streams_max"`
	StreamsPerPeerMax     int      `json:"streams_per_peer_max"`
	ConnectionsMax        int      `json:"connections_max"`
	ConnectionsPerIPMax   int      `json:"connections_per_ip_max"`
	DialSeconds           float64  `json:"dial_seconds"`
	OpenSeconds           float64  `json:"open_seconds"`
	IdleSeconds           float64  `json:"idle_seconds"`
	PingSeconds           float64  `json:"ping_seconds"`
	GossipSeenSeconds     float64  `json:"gossip_seen_seconds"`
	HeartbeatMilliseconds float64  `json:"heartbeat_milliseconds"`
	Mesh                  []int    `json:"mesh"`
	FloodPublish          bool     `json:"flood_publish"`
}

func defaultConfiguration() configuration {
	return configuration{
		Listen:                []string{"/ip4/127.0.0.1/tcp/0"},
		Agent:                 "waku-reliability",
		MessageBytesMax:       153600,
		StreamWindowBytes:     1 << 20,
		StreamsMax:            4096,
		StreamsPerPeerMax:     256,
		ConnectionsMax:        512,
		DialSeconds:           10,
		OpenSeconds:           10,
		IdleSeconds:           300,
		PingSeconds:           15,
		GossipSeenSeconds:     120,
		HeartbeatMilliseconds: 1000,
		Mesh:                  []int{6, 4, 8},
		FloodPublish:          true,
	}
}

func readConfiguration(text []byte) (configuration, error) {
	c := defaultConfiguration()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return c, fmt.Errorf("the configuration is not as it should be: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return c, errors.New("the configuration goes on after its JSON object")
	}
	return c, c.check()
}

func (c configuration) check() error {
	for name, texts := range map[string][]string{"listen": c.Listen, "announce": c.Announce} {
		for _, text := range texts {
			address, err := multiaddr.NewMultiaddr(text)
			if err != nil {
				return fmt.Errorf("%q has %q, which is not a multiaddr: %w", name, text, err)
			}
			if !isTCP(address) {
				return fmt.Errorf("%q has %q, which is not of the form /ip4/127.0.0.1/tcp/60000", name, text)
			}
		}
	}
	for _, bound := range []struct {
		name          string
		value         int
		least, utmost int
	}{
		{"message_bytes_max", c.MessageBytesMax, 1, 64 << 20},
		{"stream_window_bytes", c.StreamWindowBytes, 1, 256 << 20},
		{"streams_max", c.StreamsMax, 1, 1 << 20},
		{"streams_per_peer_max", c.StreamsPerPeerMax, 1, 1 << 20},
		{"connections_max", c.ConnectionsMax, 1, 1 << 20},
		{"connections_per_ip_max", c.ConnectionsPerIPMax, 0, 1 << 20},
	} {
		if bound.value < bound.least || bound.value > bound.utmost {
			return fmt.Errorf("%q is %d, and should be from %d to %d", bound.name, bound.value, bound.least, bound.utmost)
		}
	}
	for _, span := range []struct {
		name  string
		value float64
		least float64
	}{
		{"dial_seconds", c.DialSeconds, 0.001},
		{"open_seconds", c.OpenSeconds, 0.001},
		{"idle_seconds", c.IdleSeconds, 0.001},
		{"ping_seconds", c.PingSeconds, 0},
		{"gossip_seen_seconds", c.GossipSeenSeconds, 0.001},
		{"heartbeat_milliseconds", c.HeartbeatMilliseconds, 1},
	} {
		if !(span.value >= span.least && span.value <= 1e8) {
			return fmt.Errorf("%q is %v, and should be from %v to 1e8", span.name, span.value, span.least)
		}
	}
	if len(c.Mesh) != 3 || c.Mesh[0] < 2 || c.Mesh[1] < 1 || c.Mesh[0] < c.Mesh[1] || c.Mesh[2] < c.Mesh[0] {
		return fmt.Errorf("\"mesh\" is %v, and should be three numbers: wanted (2 or more), fewest (1 or more), most",
			c.Mesh)
	}
	return nil
}

// Where peers are told to dial, of a host that listens there. The configuration has been checked.
func (c configuration) announced(listened []multiaddr.Multiaddr) []multiaddr.Multiaddr {
	if len(c.Announce) == 0 {
		return listened
	}
	addresses := make([]multiaddr.Multiaddr, len(c.Announce))
	for index, text := range c.Announce {
		addresses[index] = multiaddr.StringCast(text)
	}
	return addresses
}

func seconds(value float64) time.Duration { return time.Duration(value * float64(time.Second)) }

// Whether an address is one that this host can listen on, or, with a peer id after it, dial.
func isTCP(address multiaddr.Multiaddr) bool {
	if len(address) != 2 {
		return false
	}
	switch address[0].Protocol().Code {
	case multiaddr.P_IP4, multiaddr.P_IP6, multiaddr.P_DNS, multiaddr.P_DNS4, multiaddr.P_DNS6:
		return address[1].Protocol().Code == multiaddr.P_TCP
	}
	return false
}
