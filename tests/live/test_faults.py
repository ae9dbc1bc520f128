#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Each fault alone: nothing that was accepted is lost, each line is shown once, its verdict is true, and the client
names the strategy that healed it: each test asks for it. The tests of this file run side by side.

A keeper is a node that only relays and stores: nobody hands it a line, so that it is the one that confirms."""

import os
import time

from live import faults
from live.case import LiveTest, main_side_by_side
from live.judgement import missing, shown_too_often, wrong_verdicts
from live.message import shard_topic
from live.own_programs import CLUSTER, AnnouncedNode, LightClient, ServiceNode
from live.stores import held

SHARDS = ["--shards", "0"]
TOPIC = shard_topic(0, CLUSTER)
CONTENT_TOPIC = "/waku-live/1/chat/plain"
OUTAGE_SECONDS = float(os.environ.get("WAKU_LIVE_OUTAGE_SECONDS", 20))
LINE_SECONDS = 150  # For what is to be told of a line: its deadline is a minute, and an audit comes each minute.
LATE_SECONDS = 2  # For what is shown twice.
LARGE = "x" * 20_000


class Faults(LiveTest):

    def setUp(self):
        self.net = self.network()
        self.nodes = []
        self.stores = []
        self.sent = []

    # What there is.

    def service_node(self, name, extra=(), **settings):
        """Connected to all that there are."""
        return self.joined(ServiceNode(name, self.folder, *self.nodes, extra=[*SHARDS, *extra], **settings))

    def joined(self, node):
        self.started(node)
        for _ in self.nodes:
            node.notice("peer_appeared")
        self.nodes.append(node)
        self.stores.append(node)
        return node

    def announced_node(self, name, proxy):
        return self.joined(AnnouncedNode(name, self.folder, proxy, *self.nodes, extra=SHARDS))

    def probe(self, name, *serve, **settings):
        probe = self.net.add(name, "probe", serve=["relay", *serve], cluster=CLUSTER, shards=[0], **settings)
        self.connect(probe)
        return probe

    def connect(self, probe):
        for node in self.nodes:
            if node.name in self.net.nodes:
                self.net.connect(probe, node)
                continue
            since = node.mark()
            probe.ask("dial", address=node.address)
            node.notice("peer_appeared", since)

    def keeper(self, name="keeper"):
        keeper = self.probe(name, "store", store_file=str(self.folder / (name + ".store")))
        self.stores.append(keeper)
        return keeper

    def proxy(self):
        return self.started(faults.FaultProxy(self.folder))

    def client(self, name, *peers, subscribed=1, extra=SHARDS):
        client = self.started(LightClient(name, self.folder, *peers, extra=extra))
        client.wait_until_connected(len(peers))
        client.wait_until_subscribed(subscribed)
        return client

    def pushed_through_a_proxy(self):
        """A sender and its only lightpush node, with the way between them; a keeper, and a receiver by another node,
        which has a line already."""
        node, other = (self.service_node(name) for name in ("node", "other"))
        way = self.proxy().before_node(node)
        keeper = self.keeper()
        receiver = self.client("receiver", other, keeper)
        sender = self.client("sender", way, keeper)
        self.say(sender, "before")
        self.check(sender, receiver)
        return node, way, keeper, sender, receiver

    # What is said and must be so.

    def say(self, sender, *lines):
        self.sent += lines
        for line in lines:
            sender.write(line)

    def check(self, sender, *receivers, verdict="confirmed"):
        """Everything that was said so far."""
        verdicts = sender.verdicts(len(self.sent), LINE_SECONDS)
        for receiver in receivers:
            receiver.received(len(self.sent), LINE_SECONDS)
        time.sleep(LATE_SECONDS)
        for receiver in receivers:
            shown = [event["text"] for event in receiver.all("received")]
            self.assertEqual((missing(self.sent, shown), shown_too_often(self.sent, shown)), ([], []), receiver.name)
        stored = {}
        reader = self.net.nodes.get("reader") or self.net.add("reader", "go_waku", cluster=CLUSTER, shards=[0])
        for store in self.stores:
            stored.update(held(reader, store, TOPIC, CONTENT_TOPIC))
        published = {event["id"]: event["text"] for event in sender.all("published")}
        self.assertEqual(sorted(published.values()), sorted(self.sent))
        self.assertEqual(wrong_verdicts(published, verdicts, {key: text.decode() for key, text in stored.items()},
                                        {event["hash"] for each in receivers for event in each.all("received")}), [])
        self.assertEqual({each["verdict"] for each in verdicts}, {verdict})

    def told(self, client, *words, since=0):
        """A sentence with all of the words, once the client has said it."""
        return client.wait_for(lambda event: all(word in event.get("sentence", "") for word in words), since=since)

    def unanswered(self, client, what, since):
        """A request of which the client cannot know what became."""
        client.wait_for(lambda event: event.get("notice") in ("answered", "given_up") and
                        event["sentence"].startswith(what) and ": 200" not in event["sentence"], since=since)

    def notice(self, client, name, since):
        return client.wait_for(lambda event: event.get("notice") == name, LINE_SECONDS, since)

    @staticmethod
    def rested(client, service):
        """The place in its events where the client first left somebody alone who had asked for that."""
        return next(place for place, event in enumerate(client.events) if event.get("notice") == "rate_limited" and
                    event["service"] == service and "and rests for" in event["sentence"])

    # The faults.

    def test_a_lightpush_node_is_killed_after_it_accepted_and_before_it_answered(self):
        node, way, keeper, sender, receiver = self.pushed_through_a_proxy()
        since = sender.mark()
        heard = keeper.mark()
        fault = way.swallow()
        self.say(sender, "accepted, and nobody says so")
        keeper.wait_for(lambda event: event.get("event") == "message", since=heard)
        node.kill()
        self.unanswered(sender, "lightpush of", since)
        self.told(sender, "store query whether it has", ": 200, 1 entry", since=since)
        self.assertEqual(sender.verdicts(2, LINE_SECONDS)[1]["verdict"], "confirmed")
        way.heal(fault)
        node.start()
        self.check(sender, receiver)

    def test_a_filter_node_is_started_anew_and_its_subscriptions_are_gone(self):
        left, right = (self.service_node(name) for name in ("left", "right"))
        node, keeper = self.probe("node", "filter"), self.keeper()
        receiver = self.client("receiver", node, keeper)
        sender = self.client("sender", left, right, subscribed=2)
        self.say(sender, "before")
        self.check(sender, receiver)
        since = receiver.mark()
        node.kill()
        receiver.notice("peer_left", since)
        self.say(sender, "while it is gone")
        sender.verdicts(2)
        node.start()
        self.told(receiver, "subscription to", ": 200", since=since)
        receiver.notice("outage_ended", since)
        self.notice(receiver, "recovered", since)
        self.connect(node)
        self.say(sender, "after")
        self.check(sender, receiver)
        self.assertEqual([event["by"] for event in receiver.all("received")], ["filter", "store", "filter"])

    def test_a_store_is_wiped_and_another_has_what_was_missed(self):
        left, right = (self.service_node(name) for name in ("left", "right"))
        node, keeper, wiped = self.probe("node", "filter"), self.keeper(), self.keeper("wiped")
        receiver = self.client("receiver", node, keeper, wiped)
        sender = self.client("sender", left, right, subscribed=2)
        since = receiver.mark()
        node.kill()
        receiver.notice("peer_left", since)
        self.say(sender, "while the filter node is gone", "and while it is gone still")
        sender.verdicts(2)
        wiped.kill()
        for file in self.folder.glob("wiped.store*"):
            file.unlink()
        wiped.start()
        self.assertEqual(held(self.net.add("reader", "go_waku", cluster=CLUSTER, shards=[0]), wiped, TOPIC,
                              CONTENT_TOPIC), {})
        receiver.notice("peer_appeared", since)
        node.start()
        self.notice(receiver, "missing", since)
        receiver.answered("store query for what there is", ": 200, 2 entries", keeper, limit=LINE_SECONDS, since=since)
        receiver.answered("store query for 2 messages", ": 200, 2 entries", keeper, limit=LINE_SECONDS, since=since)
        self.notice(receiver, "recovered", since)
        self.check(sender, receiver)

    def test_a_store_is_stopped(self):
        left, right = (self.service_node(name) for name in ("left", "right"))
        keeper = self.keeper()
        receiver = self.client("receiver", left, right, subscribed=2)
        sender = self.client("sender", left, right, keeper, subscribed=2)
        self.say(sender, "before")
        self.check(sender, receiver)
        since = sender.mark()
        with faults.paused(keeper):
            ends = time.monotonic() + OUTAGE_SECONDS
            self.say(sender, *(f"{number} while it is stopped" for number in range(5)))
            self.unanswered(sender, "store query whether it has", since)
            sender.verdicts(len(self.sent), LINE_SECONDS)
            sender.answered("store query whether it has", ": 200", left, right, since=since)
            time.sleep(max(0.0, ends - time.monotonic()))
        self.check(sender, receiver)

    def test_go_waku_takes_no_more_than_one_request_a_second(self):
        go_waku = self.net.add("go_waku", "go_waku", serve=["relay", "filter", "lightpush"], cluster=CLUSTER,
                               shards=[0, 1], limits="default")
        self.nodes.append(go_waku)
        keeper = self.keeper()
        peers = (go_waku, keeper)
        receiver = self.client("receiver", *peers, extra=["--shards", "0,1"])
        sender = self.client("sender", *peers)
        self.say(sender, *(f"{number} of many" for number in range(5)))
        self.check(sender, receiver)
        since = self.rested(sender, "lightpush")
        sender.notice("retransmitted", since)
        sender.answered("lightpush of", ": 200", go_waku, since=since)
        receiver.answered("subscription to", ": 429", go_waku)
        receiver.answered("subscription to", ": 200", go_waku, since=self.rested(receiver, "filter"))
        for client in (sender, receiver):
            self.assertNotIn("peer_ejected", [event["notice"] for event in client.all("notice")])

    def test_everything_takes_two_seconds_longer(self):
        proxy = self.proxy()
        nodes = [self.service_node(name) for name in ("left", "right")]
        ways = [proxy.before_node(node) for node in nodes]
        keeper = self.keeper()
        receiver = self.client("receiver", *ways, subscribed=2)
        sender = self.client("sender", *ways, keeper, subscribed=2)
        for way in ways:
            way.delay(2)
        since = sender.mark()
        self.say(sender, *(f"{number} late" for number in range(5)))
        self.check(sender, receiver)
        # The answers are waited for, and nobody is taken for one who gives none.
        sender.answered("lightpush of", ": 200", *nodes, since=since)
        sender.answered("store query whether it has", ": 200", keeper, since=since)
        for client in (sender, receiver):
            self.assertNotIn("peer_ejected", [event["notice"] for event in client.all("notice")])

    def test_a_connection_is_lost_amid_a_push_of_the_filter_node(self):
        way = self.proxy().before_node(node := self.service_node("node"))
        left, right = (self.service_node(name) for name in ("left", "right"))
        keeper = self.keeper()
        receiver = self.client("receiver", way, keeper)
        sender = self.client("sender", left, right, subscribed=2)
        self.say(sender, "before")
        self.check(sender, receiver)
        since = receiver.mark()
        fault = way.close_after(10_000)
        self.say(sender, LARGE)
        receiver.notice("peer_left", since)
        way.heal(fault)
        receiver.notice("outage_ended", since)
        receiver.answered("store query for what there is", ": 200", node, keeper, since=since)
        self.notice(receiver, "recovered", since)
        self.say(sender, "after")
        self.check(sender, receiver)
        self.assertEqual({event["text"]: event["by"] for event in receiver.all("received")},
                         {"before": "filter", LARGE: "store", "after": "filter"})

    def test_a_connection_is_lost_amid_a_request_to_the_lightpush_node(self):
        node, way, _, sender, receiver = self.pushed_through_a_proxy()
        since = sender.mark()
        fault = way.close_after(10_000, "upstream")
        self.say(sender, LARGE)
        self.unanswered(sender, "lightpush of", since)
        way.heal(fault)
        sender.notice("retransmitted", since)
        sender.answered("lightpush of", ": 200", node, since=since)
        self.check(sender, receiver)

    def test_the_network_of_a_client_is_down(self):
        proxy = self.proxy()
        nodes = [self.announced_node(name, proxy) for name in ("left", "right")]
        self.keeper()
        away = self.client("away", *(node.announced for node in nodes), subscribed=2)
        there = self.client("there", *self.nodes, subscribed=2)
        self.say(away, "before")
        self.check(away, there)
        since = away.mark()
        for node in nodes:
            node.way.cut()
        ends = time.monotonic() + OUTAGE_SECONDS
        away.notice("outage_began", since)
        there.write("said meanwhile by those who are there")
        self.assertEqual(there.verdicts(1)[0]["verdict"], "confirmed")
        time.sleep(max(0.0, ends - time.monotonic()))
        self.say(away, *(f"{number} while the network is down" for number in range(5)))
        away.wait_for_count("published", len(self.sent), LINE_SECONDS)
        self.assertEqual((len(away.all("verdict")), away.all("received")), (1, []))
        back = away.mark()
        for node in nodes:
            node.way.mend()
        self.notice(away, "outage_ended", since)
        away.answered("lightpush of", ": 200", *nodes, limit=LINE_SECONDS, since=back)
        away.answered("store query for what there is", ": 200", *nodes, limit=LINE_SECONDS, since=back)
        self.notice(away, "recovered", back)
        self.check(away, there)
        self.assertEqual([event["text"] for event in away.all("received")], ["said meanwhile by those who are there"])


if __name__ == "__main__":
    main_side_by_side()
