# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Cells of the interop matrix for the program light_client: what the engine makes of a service node. Each operation has
a client of its own, which is told lines and read by its events, as a person would with --verbose."""

import base64
import time

from live.cell import Cell
from live.faults import FaultProxy
from live.own_programs import LightClient

LINES = {"1 B": "x", "149 kB": ("0123456789abcde " * 9_313)[:149_000]}
OVER_THE_CAP = "x" * 160_000
LINE_SECONDS = 150
EARLY_SECONDS = 5


class LightClientCell(Cell):
    def __init__(self, network, shards, server, started):
        super().__init__(network, shards, "light_client", server)
        self.started = started
        self.early, self.asked_at = None, None

    # The client.

    def make(self, *, at=None, shards=None, extra=()):
        """One with a content topic of its own, once it runs."""
        shards = shards or self.shards
        topic = self.content_topic()
        own = ["--shards-in-cluster", shards.shards_in_cluster] if shards.shards_in_cluster else [
            "--shards", shards.shard(topic)]
        client = self.started(LightClient(f"light_client_{self.asked}", self.network.folder, at or self.server,
                                          cluster=shards.cluster,
                                          extra=["--content-topic", topic, *own, *extra]))
        client.content_topic = topic
        self.assertEqual(client.started["pubsub_topic"], shards.topic(topic))
        return client

    def subscribed(self, **settings):
        client = self.make(**settings)
        client.wait_until_subscribed(1)
        return client

    def answered(self, client, what, answer, since=0):
        """The sentence of a request to the server and of its answer."""
        return client.answered(what, answer, self.server, limit=LINE_SECONDS, since=since)

    def crossed(self, client, line):
        """What the witness made of a line."""
        payload = base64.b64encode(line.encode()).decode()
        event = self.witness.wait_for(lambda event: event.get("via") == "relay" and
                                      event["message"]["content_topic"] == client.content_topic and
                                      event["message"]["payload"] == payload)
        self.assertEqual(event["hash"], self.hash_of(event["message"]))
        self.assertEqual(event["pubsub_topic"], client.started["pubsub_topic"])
        return event["hash"]

    def end(self, client):
        client.close_input()
        client.summary(LINE_SECONDS)
        self.assertEqual(client.exit_code, 0)

    def protocols(self):
        """Of the server, as identify told a client of them."""
        client = self.make()
        told = client.notice("peer_appeared")
        client.stop()
        return told["protocols"]

    # Lightpush.

    def push(self, client, line, answer=": 200"):
        client.write(line)
        hash_text = self.crossed(client, line)
        self.answered(client, f"lightpush of {hash_text[:10]}", answer)
        return hash_text

    def lightpush(self, answer):
        client = self.make()
        self.push(client, "a line", answer)
        self.assertEqual([answer in sentence for sentence in self.pushes(client)], [True])
        client.stop()

    @staticmethod
    def pushes(client):
        return [event["sentence"] for event in client.all("notice")
                if event["notice"] == "answered" and event["sentence"].startswith("lightpush of")]

    def lightpush_line(self, size):
        client = self.make()
        self.push(client, LINES[size])
        client.stop()

    def lightpush_empty(self):
        """No line is one of nothing: what is typed empty is skipped, and the next one is sent."""
        client = self.make()
        client.write("")
        self.push(client, "after nothing")
        self.assertEqual(([event["text"] for event in client.all("published")], client.all("refused")),
                         (["after nothing"], []))
        client.stop()

    def lightpush_over_the_cap(self):
        client = self.make()
        client.write(OVER_THE_CAP)
        refused = client.notice("refused")
        self.assertEqual(refused["sentence"], "the encoded message is larger than the network accepts")
        self.push(client, "after too much")
        self.assertEqual([event["text"] for event in client.all("published")], ["after too much"])
        client.stop()

    # Verdicts.

    # The early client lives for a minute and more, for what is done once a minute.
    # A store without a presence query is asked for all that is new, once a minute, and a line's deadline is a minute
    # too. So the line is said a while after the first time, and the other operations go on meanwhile.

    def begin(self):
        self.early = self.subscribed()
        self.early.notice("window_recovered")
        self.asked_at = time.monotonic()

    def push_early(self):
        time.sleep(max(0.0, self.asked_at + EARLY_SECONDS - time.monotonic()))
        self.push(self.early, "to be confirmed")

    def verdict(self, question):
        verdict = self.early.verdicts(1, LINE_SECONDS)[0]
        self.assertEqual((verdict["verdict"], verdict.get("by")), ("confirmed", "store"), verdict)
        self.assertEqual(verdict["hash"], self.crossed(self.early, "to be confirmed"))
        self.answered(self.early, question, ": 200, 1 entry")
        self.end(self.early)

    # Filter.

    def shown(self, client, message, by):
        """Whether the client shows the message by that way, once it does by any."""
        event = client.wait_for(lambda event: event["event"] == "received" and event["hash"] == self.hash_of(message),
                                LINE_SECONDS)
        self.assertEqual(event["text"].encode(), base64.b64decode(message["payload"]))
        self.assertEqual((event["content_topic"], event["timestamp"]),
                         (message["content_topic"], message["timestamp"]))
        return event["by"] == by

    def pushed(self, client, payload=None, by="filter"):
        """go-waku forgets its subscriptions once a minute: what was said just then comes from a store."""
        self.network.until(lambda: self.shown(client, self.relayed(client.content_topic, payload), by),
                           f"nothing comes by {by}")

    def filter_push(self):
        client = self.subscribed()
        self.pushed(client)
        client.stop()

    def filter_push_of(self, size):
        client = self.subscribed()
        self.pushed(client, LINES[size].encode())
        client.stop()

    def filter_ping(self):
        """Once a minute. By then go-waku has forgotten the subscription, which is made anew."""
        forgets = self.server.kind == "go_waku"
        event = self.answered(self.early, "ping of the subscription", ": 404" if forgets else ": 200")
        if forgets:
            self.answered(self.early, "subscription to", ": 200", since=self.early.events.index(event))

    def filter_unsubscribe_at_the_end(self):
        """Whether the server still has the subscription is asked by another with the client's identity."""
        def killed():
            client, key = self.subscribed_by_key()
            client.kill()
            return self.status_of_ping(key, client) == 200
        self.network.until(killed, "what is killed leaves no subscription either")
        client, key = self.subscribed_by_key()
        self.end(client)
        self.answered(client, "end of the subscription", ": 200")
        self.assertEqual(self.status_of_ping(key, client), 404)

    def subscribed_by_key(self):
        key = self.network.folder / f"light_client_{self.asked}.key"
        return self.subscribed(extra=["--key-file", key]), key

    def status_of_ping(self, key, client):
        self.asked += 1
        ghost = self.network.add(f"ghost_{self.asked}", "probe", key_file=str(key), **self.shards.settings)
        self.assertEqual(ghost.peer, client.started["peer"])
        ghost.ask("dial", address=self.server.address)
        status = ghost.ask("filter_ping", peer=self.server.peer, pubsub_topic=client.started["pubsub_topic"])["status"]
        ghost.stop()
        return status

    # What was missed.

    def missed(self, lookup):
        """The way to the server is cut, and what was said meanwhile comes from its store: by content, and where the
        store tells what it has without the messages, by hash."""
        way = self.started(FaultProxy(self.network.folder, f"fault_proxy_{self.asked}")).before_node(self.server)
        client = self.subscribed(at=way)
        since = client.mark()
        way.cut()
        client.notice("outage_began", since)
        message = self.relayed(client.content_topic)
        way.mend()
        self.assertTrue(self.shown(client, message, "store"))
        self.answered(client, "store query for what there is", ": 200, 1 entry", since)
        client.notice("recovered", since)
        asked = f"store query for {self.hash_of(message)[:10]}"
        if lookup:
            self.answered(client, asked, ": 200, 1 entry", since)
        else:
            self.assertFalse([event for event in client.all("notice") if event["notice"] == "asked" and
                              event["sentence"].startswith(asked)])
        client.stop()

    # Relay.

    def relay_both_ways(self):
        client = self.make(extra=["--relay"])
        client.wait_for(lambda event: event["event"] == "status" and event["relay_peers"] >= 1)
        self.pushed(client, by="relay")
        self.pushed(client, LINES["149 kB"].encode(), by="relay")
        for line in ("a line", *LINES.values()):
            client.write(line)
            self.crossed(client, line)
        self.assertEqual(self.pushes(client), [])
        client.stop()

    # Metadata.

    def wrong_cluster(self):
        client = self.make(shards=self.shards.of_cluster(self.shards.cluster + 1))
        client.write("to the wrong cluster")
        told = client.wait_for(lambda event: event.get("notice") in ("other_cluster", "turned_away"))
        self.assertIn("cluster", told["sentence"])
        client.wait_for(lambda event: event["event"] == "published")
        client.stop()
        self.assertEqual([event["notice"] for event in client.all("notice") if event["notice"] == "asked"], [])
        self.assertEqual([event["verdict"] for event in client.all("verdict")], ["cancelled"])


OPERATIONS = {
    "lightpush v3": (LightClientCell.lightpush, ": 200, relayed to"),
    "lightpush v2 instead": (LightClientCell.lightpush, ": 200 (by v2)"),
    **{f"lightpush, {size}": (LightClientCell.lightpush_line, size) for size in LINES},
    "lightpush, 0 B": (LightClientCell.lightpush_empty,),
    "lightpush, over the cap": (LightClientCell.lightpush_over_the_cap,),
    "filter subscribe, push": (LightClientCell.filter_push,),
    **{f"filter push, {size}": (LightClientCell.filter_push_of, size) for size in LINES},
    "filter unsubscribe at the end": (LightClientCell.filter_unsubscribe_at_the_end,),
    "store v3 content and lookup": (LightClientCell.missed, True),
    "legacy store instead, content": (LightClientCell.missed, False),
    "relay both ways": (LightClientCell.relay_both_ways,),
    "metadata of a wrong cluster": (LightClientCell.wrong_cluster,),
    "filter ping": (LightClientCell.filter_ping,),
    "store v3 presence": (LightClientCell.verdict, "store query whether it has"),
    "legacy store instead, verdict": (LightClientCell.verdict, "store query for what there is"),
}
