#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The transport over REST, with three go-waku nodes as its pool, one of which is killed."""

import json
import random
import urllib.request

from demo import LINES, SHARD, Demo, own_text
from live.case import LiveTest, main
from live.faults import Fault
from live.network import free_port
from live.own_programs import RestClient
from live.process import PATIENCE_SECONDS
from live.programs import need

SECONDS = 45
DEAD_SECONDS = 12
SERVED = ["/vac/waku/filter-subscribe/2.0.0-beta1", "/vac/waku/lightpush/2.0.0-beta1"]


def rest_of(node):
    return node.events[0]["rest"]


class RestDemo(Demo):
    """The sender and a receiver reach the network by REST alone, the other receiver by libp2p. The go-waku nodes are
    clients of the service nodes. A node gives each message out once, so that only one of the two that share it may
    receive."""

    go_waku_count = 3
    service_count = 2

    def _go_waku_node(self, name, **settings):
        return super()._go_waku_node(name, rest=free_port(), **settings)

    def _client(self, name):
        if name == "receiver-2":
            return super()._client(name)
        urls = [rest_of(node) for node in self.go_waku_nodes]
        return self.started(RestClient(
            name, self.folder, *urls, stores=self.service_nodes,
            extra=["--shards", SHARD, *(["--send-only"] if name == "sender" else [])]))

    def _wait_until_ready(self, client):
        if not isinstance(client, RestClient):
            super()._wait_until_ready(client)
        elif client is not self.sender:
            client.wait_until_subscribed(2)

    def _connect_go_waku(self):
        """go-waku passes a request to a node that is known to serve the shard, which it forgets now and then of those
        that are not set up."""
        super()._connect_go_waku()
        for node in self.go_waku_nodes:
            for service in self.service_nodes:
                data = json.dumps({"multiaddr": service.address, "shards": [SHARD], "protocols": SERVED}).encode()
                with urllib.request.urlopen(urllib.request.Request(rest_of(node) + "/admin/v1/peers", data),
                                            timeout=PATIENCE_SECONDS) as answer:
                    answer.read()

    def _planned(self):
        chance = random.Random(self.seed)
        return [Fault("killed", chance.choice(self.go_waku_nodes).name,
                      chance.uniform(0.1 * self.seconds, 0.8 * self.seconds - DEAD_SECONDS), DEAD_SECONDS)]


class Pool(LiveTest):

    def test_all_lines_reach_all_receivers_once_and_all_verdicts_are_true_though_a_node_is_killed(self):
        need("go_waku", "service_node", "light_client", "rest_client")
        seed = random.SystemRandom().randrange(1 << 32)
        print(f"seed {seed}", flush=True)
        with RestDemo(self.folder, own_text(), SECONDS, 2, seed) as demo:
            demo.start()
            summary = demo.run()
        print(json.dumps(summary), flush=True)
        self.assertEqual({key: summary[key] for key in ("lines", "receivers", "complete", "duplicates_shown",
                                                        "wrong_verdicts", "hashes_differing")},
                         {"lines": LINES, "receivers": 2, "complete": True, "duplicates_shown": 0,
                          "wrong_verdicts": 0, "hashes_differing": 0})
        self.assertGreaterEqual(summary["hashes_by"]["go-waku"], LINES)
        self.assertEqual([fault["kind"] for fault in summary["faults"]], ["killed"])
        self.assertGreater(summary["verdicts"]["confirmed"], 0)


if __name__ == "__main__":
    main()
