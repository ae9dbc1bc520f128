#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The driver of go-waku, with go-waku on both sides: what it does here, it does for our programs too."""

import contextlib
import json
import os
import stat
import subprocess
import time
import urllib.parse
import urllib.request

from live import case, faults
from live.driver import Refused, Unsupported
from live.hashes import ledger
from live.message import auto_shard, make_message, message_hash, same_message, shard_topic
from live.network import free_port
from live.process import PATIENCE_SECONDS, TimedOut
from live.programs import need

TOPIC = shard_topic(0)
CONTENT_TOPIC = "/waku-live/1/go/proto"
SERVICES = ["relay", "filter", "lightpush", "store"]


def until(get, holds):
    """What `get` gives, once it holds."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not holds(got := get()):
        if time.monotonic() > ends:
            raise TimedOut(f"{got} after {PATIENCE_SECONDS:g} s")
        time.sleep(0.05)
    return got


class Relay(case.LiveTest):
    def test_messages_reach_the_other_side_both_ways_with_all_their_fields(self):
        network = self.network()
        one, other = (network.add(name, "go_waku", serve=["relay"]) for name in ("one", "other"))
        network.connect(one, other)
        network.wait_until_meshed(TOPIC, one, other)
        for sender, receiver in ((one, other), (other, one)):
            message = make_message(CONTENT_TOPIC, meta="AQID", ephemeral=True)
            published = sender.ask("relay_publish", pubsub_topic=TOPIC, message=message)
            self.assertEqual(published["peers"], 1)
            self.assertEqual(published["hash"], message_hash(TOPIC, message))
            self.assertEqual(sender.ask("hash", pubsub_topic=TOPIC, message=message)["hash"], published["hash"])
            received = receiver.message("relay", published["hash"])
            self.assertEqual((received["pubsub_topic"], received["message"]), (TOPIC, message))
        mesh = one.ask("mesh", pubsub_topic=TOPIC)
        self.assertEqual((mesh["peers"], mesh["mesh"]), (1, 1))

    def test_a_topic_is_joined_and_left(self):
        network = self.network()
        one, other = (network.add(name, "go_waku", serve=["relay"]) for name in ("one", "other"))
        network.connect(one, other)
        topic = shard_topic(3)
        with self.assertRaises(Refused) as refused:
            one.ask("relay_publish", pubsub_topic=topic, message=make_message(CONTENT_TOPIC))
        self.assertIn("unsubscribed topic", refused.exception.why)
        for node in (one, other, other):  # Twice is once.
            node.ask("relay_join", pubsub_topic=topic)
        network.wait_until_meshed(topic, one, other)
        sent = []
        for _ in range(2):
            published = one.ask("relay_publish", pubsub_topic=topic, message=make_message(CONTENT_TOPIC))
            other.message("relay", published["hash"])
            sent.append(published["hash"])
        received = [event["hash"] for event in other.messages("relay", topic)]
        self.assertEqual([received.count(each) for each in sent], [1, 1])
        other.ask("relay_leave", pubsub_topic=topic)
        self.assertEqual(until(lambda: one.ask("mesh", pubsub_topic=topic), lambda mesh: not mesh["peers"])["peers"], 0)

    def test_traffic_is_counted_by_protocol(self):
        network = self.network()
        one, other = (network.add(name, "go_waku", serve=["relay"]) for name in ("one", "other"))
        network.connect(one, other)
        network.wait_until_meshed(TOPIC, one, other)
        message = make_message(CONTENT_TOPIC, bytes(100_000))
        other.message("relay", one.ask("relay_publish", pubsub_topic=TOPIC, message=message)["hash"])
        relay = "/vac/waku/relay/2.0.0"
        for node, way in ((one, "out"), (other, "in")):
            counted = until(lambda: node.ask("traffic"), lambda told: told[way].get(relay, 0) > 100_000)
            self.assertGreater(counted[way][relay], 100_000)
            self.assertGreaterEqual(counted["total_" + way], counted[way][relay])


class Services(case.LiveTest):
    def pair(self, **settings):
        network = self.network()
        server = network.add("server", "go_waku", serve=SERVICES, **settings)
        client = network.add("client", "go_waku")
        network.connect(client, server)
        return network, server, client

    def push(self, client, server, **fields):
        return client.ask("lightpush", version=2, peer=server.peer, pubsub_topic=TOPIC,
                          message=make_message(CONTENT_TOPIC, **fields))

    def query(self, client, server, **fields):
        return client.ask("store", version=2, peer=server.peer, pubsub_topic=TOPIC, content_topics=[CONTENT_TOPIC],
                          **fields)

    def test_protocols_and_metadata_are_told(self):
        _, server, client = self.pair()
        told = client.ask("protocols", peer=server.peer)["protocols"]
        for protocol in ("/vac/waku/relay/2.0.0", "/vac/waku/filter-subscribe/2.0.0-beta1", "/vac/waku/metadata/1.0.0",
                         "/vac/waku/lightpush/2.0.0-beta1", "/vac/waku/store/2.0.0-beta4"):
            self.assertIn(protocol, told)
        told = server.ask("protocols", peer=client.peer)["protocols"]
        self.assertIn("/vac/waku/filter-push/2.0.0-beta1", told)
        self.assertNotIn("/vac/waku/relay/2.0.0", told)
        answer = client.ask("metadata", peer=server.peer, cluster=16, shards=[0])
        self.assertEqual((answer["cluster"], answer["shards"]), (16, [0]))

    def test_a_subscription_is_pushed_to_until_it_ends(self):
        _, server, client = self.pair()
        about = {"peer": server.peer, "pubsub_topic": TOPIC}
        self.assertEqual(client.ask("filter_ping", **about)["status"], 404)
        for _ in range(2):  # Twice is once.
            self.assertEqual(client.ask("filter_subscribe", content_topics=[CONTENT_TOPIC], **about)["status"], 200)
        self.assertEqual(client.ask("filter_ping", **about)["status"], 200)
        message = make_message(CONTENT_TOPIC, meta="AQID")
        pushed = client.ask("lightpush", version=2, message=message, **about)
        self.assertEqual((pushed["status"], pushed["hash"]), (200, message_hash(TOPIC, message)))
        received = client.message("filter", pushed["hash"])
        self.assertEqual(received["peer"], server.peer)
        self.assertTrue(same_message(received["message"], message))
        last = self.push(client, server)["hash"]
        client.message("filter", last)
        self.assertEqual([event["hash"] for event in client.messages("filter")], [pushed["hash"], last])
        self.assertEqual(client.ask("filter_unsubscribe", content_topics=[CONTENT_TOPIC], **about)["status"], 200)
        self.assertEqual(client.ask("filter_ping", **about)["status"], 404)

    def test_what_is_refused_is_told_with_the_servers_words(self):
        _, server, client = self.pair()
        with self.assertRaises(Refused) as refused:
            self.push(client, server, payload=b"")
        self.assertEqual(refused.exception.why, "missing Payload field")
        answer = self.push(client, server, payload=bytes(153_600))
        self.assertEqual(answer["status"], 0)
        self.assertIn("exceeds gossipsub max message size", answer["text"])
        answer = client.ask("lightpush", version=2, peer=server.peer, pubsub_topic=shard_topic(7),
                            message=make_message(CONTENT_TOPIC))
        self.assertIn("cannot publish to unsubscribed topic", answer["text"])
        for command in ("lightpush", "store"):
            with self.assertRaises(Refused) as refused:
                client.ask(command, version=3, peer=server.peer, pubsub_topic=TOPIC, content_topics=[],
                           message=make_message(CONTENT_TOPIC))
        with self.assertRaises(Unsupported):
            client.ask("relay_join", pubsub_topic=TOPIC)  # It has no relay.
        with self.assertRaises(Unsupported):
            client.ask("dance")

    def test_go_wakus_own_limits_are_there_when_wanted_and_else_not(self):
        _, server, client = self.pair(limits="default")
        answers = [self.push(client, server) for _ in range(3)]
        self.assertEqual((answers[0]["status"], answers[2]["status"], answers[2]["text"]),
                         (200, 0, "exceeds the rate limit"))
        about = {"peer": server.peer, "pubsub_topic": TOPIC, "content_topics": [CONTENT_TOPIC]}
        self.assertIn(429, [client.ask("filter_subscribe", **about)["status"] for _ in range(3)])

        _, server, client = self.pair()
        self.assertEqual({self.push(client, server)["status"] for _ in range(50)}, {200})
        about["peer"] = server.peer
        self.assertEqual({client.ask("filter_subscribe", **about)["status"] for _ in range(50)}, {200})

    def test_all_of_a_burst_is_pushed(self):
        _, server, client = self.pair()
        client.ask("filter_subscribe", peer=server.peer, pubsub_topic=TOPIC, content_topics=[CONTENT_TOPIC])
        begun = [client.begin("lightpush", version=2, peer=server.peer, pubsub_topic=TOPIC,
                              message=make_message(CONTENT_TOPIC)) for _ in range(100)]
        for hash_text in {each.result(60)["hash"] for each in begun}:
            client.message("filter", hash_text)
        self.assertEqual(len(client.messages("filter")), 100)

    def test_the_legacy_store_gives_pages_of_what_was_pushed(self):
        _, server, client = self.pair()
        sent = [self.push(client, server)["hash"] for _ in range(5)]
        self.push(client, server, ephemeral=True)
        stored = until(lambda: self.query(client, server)["entries"], lambda entries: len(entries) == 5)
        self.assertEqual(sorted(entry["hash"] for entry in stored), sorted(sent))
        paged, cursor = [], ""
        while len(paged) < 6:
            page = self.query(client, server, page_size=2, cursor=cursor)
            self.assertEqual(page["status"], 200)
            paged += page["entries"]
            cursor = page.get("cursor")
            if not cursor:
                break
        self.assertEqual(paged, stored)
        self.assertEqual(self.query(client, server, forward=False, page_size=2)["entries"], stored[-2:])
        since = stored[2]["message"]["timestamp"]
        self.assertEqual([entry["message"]["timestamp"] >= since
                          for entry in self.query(client, server, start=since)["entries"]], [True] * 3)

    def test_the_legacy_store_forgets_meta_and_takes_old_messages(self):
        _, server, client = self.pair()
        old = make_message(CONTENT_TOPIC, meta="AQID", timestamp=str(time.time_ns() - 3_600_000_000_000))
        hash_text = client.ask("lightpush", version=2, peer=server.peer, pubsub_topic=TOPIC, message=old)["hash"]
        entry, = until(lambda: self.query(client, server)["entries"], bool)
        self.assertEqual(entry["message"]["timestamp"], old["timestamp"])
        self.assertNotIn("meta", entry["message"])
        ledger.sent(entry["hash"])  # As good as that: it is another message now.
        self.assertNotEqual(entry["hash"], hash_text)


class Lives(case.LiveTest):
    def test_a_node_comes_back_with_its_address_identity_and_messages(self):
        network = self.network()
        server = network.add("server", "go_waku", serve=SERVICES, store_file=str(self.folder / "store.sqlite"))
        client = network.add("client", "go_waku")
        network.connect(client, server)
        about = {"version": 2, "peer": server.peer, "pubsub_topic": TOPIC}
        sent = client.ask("lightpush", message=make_message(CONTENT_TOPIC), **about)["hash"]
        until(lambda: client.ask("store", content_topics=[], **about)["entries"], bool)
        before = (server.peer, server.addresses)
        faults.restart(server)
        self.assertEqual((server.peer, server.addresses), before)
        self.assertEqual(stat.S_IMODE(os.stat(self.folder / "server.key").st_mode), 0o600)
        network.connect(client, server)
        entry, = client.ask("store", content_topics=[], **about)["entries"]
        self.assertEqual(entry["hash"], sent)

    def test_it_can_stand_behind_a_proxy_and_nobody_finds_a_way_round(self):
        network = self.network()
        port = free_port()
        way = self.started(faults.FaultProxy(self.folder)).before(port)
        server = network.add("server", "go_waku", serve=SERVICES, listen=f"/ip4/127.0.0.1/tcp/{port}",
                             announce=[f"/ip4/127.0.0.1/tcp/{way.port}"])
        client = network.add("client", "go_waku")
        network.connect(client, server)
        self.assertEqual(self.push(client, server), 200)
        way.cut()
        with self.assertRaises(Refused):
            self.push(client, server)
        way.mend()
        network.connect(client, server)
        self.assertEqual(self.push(client, server), 200)

    @staticmethod
    def push(client, server):
        return client.ask("lightpush", version=2, peer=server.peer, pubsub_topic=TOPIC,
                          message=make_message(CONTENT_TOPIC))["status"]

    def test_content_topics_find_their_shards(self):
        network = self.network()
        settings = {"cluster": 1, "shards": list(range(8)), "shards_in_cluster": 8}
        server = network.add("server", "go_waku", serve=SERVICES, **settings)
        client = network.add("client", "go_waku", **settings)
        network.connect(client, server)
        topic = shard_topic(auto_shard(CONTENT_TOPIC, 8), 1)
        client.ask("filter_subscribe", peer=server.peer, content_topics=[CONTENT_TOPIC])
        message = make_message(CONTENT_TOPIC)
        hash_text = client.ask("lightpush", version=2, peer=server.peer, message=message)["hash"]
        self.assertEqual(hash_text, message_hash(topic, message))
        self.assertEqual(client.message("filter", hash_text)["pubsub_topic"], topic)

    def test_clusters_do_not_mix(self):
        network = self.network()
        one = network.add("one", "go_waku", serve=["relay"])
        other = network.add("other", "go_waku", serve=["relay"], cluster=17)
        with contextlib.suppress(Refused):  # It may be dropped before it is there.
            one.ask("dial", address=other.address)
        for node, peer in ((one, other.peer), (other, one.peer)):
            self.assertEqual(until(lambda: self.why_not(node, peer), bool), "not connected")

    @staticmethod
    def why_not(node, peer):
        try:
            node.ask("protocols", peer=peer)
        except Refused as refused:
            return refused.why
        return None

    def test_its_argument_is_checked(self):
        program = need("go_waku")
        for argument, word in (("{", "the argument"), ('{"shard": [1]}', "shard"), ('{"serve": ["stor"]}', "stor"),
                               ('{"limits": "some"}', "some"), ('{"listen": "/ip4/127.0.0.1/udp/1"}', "TCP")):
            with self.subTest(argument):
                ended = subprocess.run([program, argument], input=b"", capture_output=True, timeout=60)
                self.assertEqual((ended.returncode, ended.stdout), (2, b""))
                self.assertIn(word, ended.stderr.decode())


class Rest(case.LiveTest):
    def test_its_server_publishes_and_tells_what_came(self):
        network = self.network()
        node = network.add("node", "go_waku", serve=["relay"], rest=0)
        other = network.add("other", "go_waku", serve=["relay"])
        network.connect(other, node)
        network.wait_until_meshed(TOPIC, node, other)
        url = node.wait_for(lambda event: event["event"] == "started")["rest"]

        def ask(path, body=None):
            data = None if body is None else json.dumps(body).encode()
            with urllib.request.urlopen(urllib.request.Request(url + path, data), timeout=60) as answer:
                return json.load(answer)
        messages = "/relay/v1/messages/" + urllib.parse.quote(TOPIC, safe="")
        self.assertTrue(ask("/relay/v1/subscriptions", [TOPIC]))
        self.assertTrue(ask(messages, {"payload": "AQID", "contentTopic": CONTENT_TOPIC, "timestamp": 7}))
        published = message_hash(TOPIC, {"payload": "AQID", "content_topic": CONTENT_TOPIC, "timestamp": "7"})
        ledger.sent(published)
        other.message("relay", published)
        got = until(lambda: ask(messages), bool)
        self.assertEqual((got[0]["payload"], got[0]["contentTopic"]), ("AQID", CONTENT_TOPIC))


if __name__ == "__main__":
    case.main()
