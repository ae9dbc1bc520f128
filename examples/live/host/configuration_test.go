// SPDX-License-Identifier: Apache-2.0 OR MIT

package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatIsWrongWithAConfigurationIsSaid(t *testing.T) {
	for text, said := range map[string]string{
		``:                                      "configuration",
		`[]`:                                    "configuration",
		`{} {}`:                                 "goes on",
		`{"unknown": 1}`:                        "unknown",
		`{"relay": 1}`:                          "relay",
		`{"listen": ["nowhere"]}`:               "nowhere",
		`{"listen": ["/ip4/1.2.3.4/udp/1"]}`:    "/ip4/1.2.3.4/udp/1",
		`{"listen": ["/ip4/1.2.3.4/tcp/1/ws"]}`: "/ws",
		`{"announce": ["nowhere"]}`:             "nowhere",
		`{"announce": ["/ip4/1.2.3.4/udp/1"]}`:  "/ip4/1.2.3.4/udp/1",
		`{"message_bytes_max": 0}`:              "message_bytes_max",
		`{"stream_window_bytes": 0}`:            "stream_window_bytes",
		`{"streams_max": -1}`:                   "streams_max",
		`{"streams_per_peer_max": 1e9}`:         "streams_per_peer_max",
		`{"connections_max": 0}`:                "connections_max",
		`{"connections_per_ip_max": -1}`:        "connections_per_ip_max",
		`{"dial_seconds": 0}`:                   "dial_seconds",
		`{"open_seconds": -1}`:                  "open_seconds",
		`{"idle_seconds": 0}`:                   "idle_seconds",
		`{"ping_seconds": -1}`:                  "ping_seconds",
		`{"gossip_seen_seconds": 1e300}`:        "gossip_seen_seconds",
		`{"heartbeat_milliseconds": 0}`:         "heartbeat_milliseconds",
		`{"mesh": [6, 4]}`:                      "mesh",
		`{"mesh": [6, 7, 8]}`:                   "mesh",
		`{"mesh": [1, 1, 1]}`:                   "mesh",
	} {
		if _, err := readConfiguration([]byte(text)); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestWhatAConfigurationLacksHasItsDefault(t *testing.T) {
	read, err := readConfiguration([]byte(`{"agent": "a", "connections_per_ip_max": 5}`))
	wanted := defaultConfiguration()
	wanted.Agent, wanted.ConnectionsPerIPMax = "a", 5
	if err != nil || fmt.Sprint(read) != fmt.Sprint(wanted) {
		t.Fatalf("%v, %v", read, err)
	}
}

func TestEveryMeshThatMayBeConfiguredStarts(t *testing.T) {
	for _, mesh := range []string{"[2, 1, 2]", "[2, 2, 2]", "[3, 1, 9]", "[12, 12, 12]", "[6, 4, 8]"} {
		startTested(t, `{"relay": true, "mesh": `+mesh+`}`)
	}
}

func TestAHostThatCannotListenSaysSo(t *testing.T) {
	one := startTested(t, `{}`)
	taken := strings.Split(one.address, "/p2p/")[0]
	c := configure(t, `{"listen": ["`+taken+`"]}`)
	if h, err := startHost(c, func(event) { t.Error("a host that did not start told something") }); err == nil {
		h.stop()
		t.Fatal("two hosts listen on " + taken)
	} else if !strings.Contains(err.Error(), taken+": another program has the port") {
		t.Fatal(err)
	}
}

func TestAHostNeedsNotListen(t *testing.T) {
	server := startTested(t, `{}`)
	h := &tested{t: t, more: make(chan struct{})}
	var err error
	if h.host, err = startHost(configure(t, `{"listen": []}`), h.tell); err != nil {
		t.Fatal(err)
	}
	defer h.stop()
	if started := h.wait("the start", func(e event) bool { return e.kind == eventStarted }); len(started.list) != 0 {
		t.Fatalf("it listens on %q", started.list)
	}
	h.dialled(server)
}
