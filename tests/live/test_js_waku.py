#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The driver of js-waku by itself: what it says where js-waku cannot, so that the matrix can rely on it."""

from live import case
from live.driver import Refused, Unsupported
from live.message import auto_shard, make_message, message_hash, shard_topic
from live.network import Network, free_port
from live.process import Ended
from live.programs import need

CONTENT_TOPIC = "/live-a/1/js/proto"
PEER = "16Uiu2HAmPLe7Mzm8TsYUubgCAW1aJoeFScxrLj8ppHFivPo97bUZ"


class JsWaku(case.LiveTest):
    def setUp(self):
        need("js")

    def client(self, **settings):
        return self.network().add("client", "js", **settings)

    def push(self, client, message, **fields):
        return client.ask("lightpush", peer=PEER, message=message, **fields)

    def test_a_setting_that_it_does_not_know_ends_it_with_a_sentence(self):
        network = Network(self.folder)
        self.addCleanup(network.close)
        with self.assertRaises(Ended) as ended:
            network.add("client", "js", serve=["relay"])
        self.assertIn("serve", str(ended.exception))
        self.assertEqual(network["client"].exit_code, 2)

    def test_a_dial_to_nobody_is_refused(self):
        with self.assertRaises(Refused) as refused:
            self.client().ask("dial", address=f"/ip4/127.0.0.1/tcp/{free_port()}/p2p/{PEER}")
        self.assertIn("ECONNREFUSED", refused.exception.why)

    def test_commands_for_a_peer_that_is_not_connected_are_refused(self):
        client = self.client()
        topic = shard_topic(0)
        message = make_message(CONTENT_TOPIC)
        for command, fields in (("protocols", {}), ("metadata", {}), ("lightpush", {"message": message}),
                                ("filter_subscribe", {"content_topics": [CONTENT_TOPIC]}), ("filter_ping", {}),
                                ("store", {"content_topics": [CONTENT_TOPIC]})):
            with self.subTest(command), self.assertRaises(Refused) as refused:
                client.ask(command, peer=PEER, pubsub_topic=topic, **fields)
            self.assertEqual(refused.exception.why, f"not connected to {PEER}")

    def test_what_js_waku_cannot_say_is_unsupported(self):
        client = self.client()
        finer = make_message(CONTENT_TOPIC, timestamp="1681964442000000001")
        timeless = make_message(CONTENT_TOPIC)
        del timeless["timestamp"]
        for message in (finer, timeless):
            with self.assertRaises(Unsupported):
                self.push(client, message, pubsub_topic=shard_topic(0))
        for command in ("relay_join", "relay_publish", "dance"):
            with self.assertRaises(Unsupported):
                client.ask(command, peer=PEER, pubsub_topic=shard_topic(0))

    def test_with_autosharding_another_topic_than_the_right_one_is_unsupported(self):
        client = self.client(cluster=1, shards_in_cluster=8)
        shard = auto_shard(CONTENT_TOPIC, 8)
        message = make_message(CONTENT_TOPIC)
        with self.assertRaises(Unsupported):
            self.push(client, message, pubsub_topic=shard_topic((shard + 1) % 8, 1))
        for fields in ({}, {"pubsub_topic": shard_topic(shard, 1)}):
            with self.assertRaises(Refused) as refused:
                self.push(client, message, **fields)
            self.assertEqual(refused.exception.why, f"not connected to {PEER}")

    def test_hashes_are_the_networks(self):
        client = self.client()
        for fields in ({}, {"meta": "AAEC/w=="}, {"timestamp": "1681964442000000001"}):
            message = make_message(CONTENT_TOPIC, **fields)
            self.assertEqual(client.ask("hash", pubsub_topic=shard_topic(5), message=message)["hash"],
                             message_hash(shard_topic(5), message))


if __name__ == "__main__":
    case.main()
