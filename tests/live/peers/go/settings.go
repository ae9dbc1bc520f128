// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"github.com/waku-org/go-waku/waku/v2/protocol"
)

type settings struct {
	Cluster         uint16   `json:"cluster"`
	Shards          []uint16 `json:"shards"`
	ShardsInCluster uint32   `json:"shards_in_cluster"`
	Listen          string   `json:"listen"`
	Announce        []string `json:"announce"`
	KeyFile         string   `json:"key_file"`
	Serve           []string `json:"serve"`
	StoreFile       string   `json:"store_file"`
	Limits          string   `json:"limits"`
	Rest            *uint16  `json:"rest"`
}

func parseSettings(argument string) (*settings, error) {
	made := &settings{Cluster: 16, Shards: []uint16{0}, Listen: "/ip4/127.0.0.1/tcp/0", Limits: "none"}
	decoder := json.NewDecoder(strings.NewReader(argument))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(made); err != nil {
		return nil, fmt.Errorf("the argument: %w", err)
	}
	for _, service := range made.Serve {
		switch service {
		case "relay", "filter", "lightpush", "store":
		default:
			return nil, fmt.Errorf("the argument: serve: no service %q", service)
		}
	}
	if made.Limits != "none" && made.Limits != "default" {
		return nil, fmt.Errorf("the argument: limits: none or default, not %q", made.Limits)
	}
	return made, nil
}

func (s *settings) serves(service string) bool {
	for _, each := range s.Serve {
		if each == service {
			return true
		}
	}
	return false
}

func (s *settings) topics() []string {
	topics := make([]string, len(s.Shards))
	for index, shard := range s.Shards {
		topics[index] = protocol.NewStaticShardingPubsubTopic(s.Cluster, shard).String()
	}
	return topics
}

// Whether a command may leave the topic to go-waku: it knows but one network with autosharding.
func (s *settings) autosharded() bool {
	return s.Cluster == protocol.ClusterIndex && s.ShardsInCluster == protocol.GenerationZeroShardsCount
}

func (s *settings) listenAddress() (*net.TCPAddr, error) {
	parsed, err := multiaddr.NewMultiaddr(s.Listen)
	if err != nil {
		return nil, err
	}
	address, err := manet.ToNetAddr(parsed)
	if err != nil {
		return nil, err
	}
	tcp, isTCP := address.(*net.TCPAddr)
	if !isTCP {
		return nil, fmt.Errorf("the argument: listen: %s is not of TCP", s.Listen)
	}
	return tcp, nil
}

// What peers are told instead of the address that is listened at. They dial what they were told as soon as they lack a
// connection, so a node behind a proxy has to announce the proxy.
func (s *settings) announced() ([]multiaddr.Multiaddr, error) {
	addresses := make([]multiaddr.Multiaddr, len(s.Announce))
	for index, text := range s.Announce {
		var err error
		if addresses[index], err = multiaddr.NewMultiaddr(text); err != nil {
			return nil, fmt.Errorf("the argument: announce: %w", err)
		}
	}
	return addresses, nil
}

// The key of the file, which is made if there is none; a new one where no file is named.
func (s *settings) key() (*ecdsa.PrivateKey, error) {
	if s.KeyFile == "" {
		return crypto.GenerateKey()
	}
	key, err := crypto.LoadECDSA(s.KeyFile)
	if !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	if key, err = crypto.GenerateKey(); err != nil {
		return nil, err
	}
	return key, crypto.SaveECDSA(s.KeyFile, key) // With mode 600.
}
