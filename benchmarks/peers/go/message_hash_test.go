// SPDX-License-Identifier: Apache-2.0 OR MIT

// Package peers times what Go programs of the Waku network run today, by their own packages:
//
//	go test -tags gowaku_no_rln .
//	go test -tags gowaku_no_rln -run '^$' -bench . -count 5 -benchtime 0.5s
//
// The first compares answers: the message hashes with ../../message_hash/cases.json or the file that WAKU_HASH_CASES
// names, the cache of seen messages with a map. The second measures. BenchmarkMessageHash/hash/go_waku/32 stands for
// message_hash/hash/go_waku/32, as benchmarks are named elsewhere; Go adds the number of its threads.
package peers

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	message "github.com/waku-org/go-waku/waku/v2/protocol/pb"
	"google.golang.org/protobuf/proto"
)

func payloadOf(size int) []byte {
	payload := make([]byte, size)
	for place := range payload {
		payload[place] = byte(place*31 + size)
	}
	return payload
}

func TestMessageHash(t *testing.T) {
	path := os.Getenv("WAKU_HASH_CASES")
	if path == "" {
		path = "../../message_hash/cases.json"
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name         string
			PubsubTopic  string `json:"pubsub_topic"`
			ContentTopic string `json:"content_topic"`
			PayloadSize  int    `json:"payload_size"`
			Meta         *string
			Timestamp    *string `json:"timestamp_ns"`
			Hash         string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("there are no cases")
	}
	for _, each := range file.Cases {
		hashed := message.WakuMessage{Payload: payloadOf(each.PayloadSize), ContentTopic: each.ContentTopic}
		if each.Meta != nil {
			if hashed.Meta, err = hex.DecodeString(*each.Meta); err != nil {
				t.Fatal(err)
			}
		}
		if each.Timestamp != nil {
			timestamp, err := strconv.ParseInt(*each.Timestamp, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			hashed.Timestamp = proto.Int64(timestamp)
		}
		if got := hex.EncodeToString(hashed.Hash(each.PubsubTopic).Bytes()); got != each.Hash {
			t.Errorf("go-waku gives %s for %s, not %s", got, each.Name, each.Hash)
		}
	}
}

var hashed message.MessageHash // so that no hash can be left out

func BenchmarkMessageHash(b *testing.B) {
	for _, size := range []int{32, 1024, 10_000, 150_000} {
		b.Run("hash/go_waku/"+strconv.Itoa(size), func(b *testing.B) {
			timed := message.WakuMessage{
				Payload:      payloadOf(size),
				ContentTopic: "/benchmark/1/room/proto",
				Timestamp:    proto.Int64(1700000000000000000),
			}
			b.ResetTimer()
			for round := 0; round < b.N; round++ {
				*timed.Timestamp++
				hashed = timed.Hash("/waku/2/rs/1/0")
			}
		})
	}
}
