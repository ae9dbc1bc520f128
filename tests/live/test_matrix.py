#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Who serves whom: each client asks each service node for everything, request by request.

A cell is client/server/operation, once with static shards and once with autosharding. What a side cannot do is listed
in CANNOT with the reason; such a cell is printed, and the reason is put to the test too.
WAKU_LIVE_CELLS=js/go_waku/store runs the cells that begin so."""

import os
import sys
import time
import unittest

from live import case, programs
from live.driver import Refused, Unsupported
from live.message import auto_shard, make_message, message_hash, now_nanoseconds, same_message, shard_topic
from live.process import PATIENCE_SECONDS

CLIENTS = ("probe", "js", "go_waku")
SERVERS = ("probe", "go_waku")

LIGHTPUSH = {3: "/vac/waku/lightpush/3.0.0", 2: "/vac/waku/lightpush/2.0.0-beta1"}
STORE = {3: "/vac/waku/store-query/3.0.0", 2: "/vac/waku/store/2.0.0-beta4"}

# Payloads by the words of the cells. Messages may have 150 KiB in all.
PAYLOADS = {"1 B": b"\x01", "149 kB": bytes(range(256)) * 582 + bytes(8)}
OVER_THE_CAP = bytes(200_000)
SHARDS_UNREAD = "go-waku tells its shards in metadata's field 3, and js-waku reads field 2"
_POLL_SECONDS = 0.1


class Shards:
    """How content topics belong to pubsub topics in the network of a cell."""

    def __init__(self, name, cluster, shards, shards_in_cluster):
        self.name = name
        self.settings = {"cluster": cluster, "shards": shards, "shards_in_cluster": shards_in_cluster}

    @property
    def cluster(self):
        return self.settings["cluster"]

    def of_cluster(self, cluster):
        return Shards(self.name, **{**self.settings, "cluster": cluster})

    def topic(self, content_topic):
        """Static shards are chosen by who uses them: here by the application's last letter."""
        count = self.settings["shards_in_cluster"]
        shard = auto_shard(content_topic, count) if count else "ab".index(content_topic.split("/")[1][-1])
        return shard_topic(shard, self.cluster)

    def fields(self, content_topic):
        """What a command says of the pubsub topic: with autosharding the client finds it itself."""
        return {} if self.settings["shards_in_cluster"] else {"pubsub_topic": self.topic(content_topic)}


# go-waku knows autosharding in one network only, cluster 1 with 8 shards.
STATIC = Shards("static", 16, [0, 1], 0)
AUTO = Shards("auto", 1, list(range(8)), 8)
APPLICATIONS = ("live-a", "live-b")  # Of different shards with autosharding too.


class Cell(unittest.TestCase):
    """One client at one server, and a relay node beside it that sees what the server relays. The operations are its
    methods; what each client and server can do is not known here."""

    def __init__(self, network, shards, client, server):
        super().__init__()
        self.network, self.shards, self.client, self.server = network, shards, client, server
        self.witness = network["witness"]
        self.asked = 0

    def content_topic(self, application=APPLICATIONS[0]):
        """One that nobody else has used."""
        self.asked += 1
        return f"/{application}/1/{self.client.name}-{self.asked}/proto"

    def relayed(self, content_topic, payload=None, **fields):
        """A message that comes to the server by relay, from the witness."""
        message = make_message(content_topic, payload, **fields)
        topic = self.shards.topic(content_topic)
        self.assertEqual(self.witness.ask("relay_publish", pubsub_topic=topic, message=message)["hash"],
                         message_hash(topic, message))
        return message

    def hash_of(self, message):
        return message_hash(self.shards.topic(message["content_topic"]), message)

    def check_told(self, told, message):
        """An event or entry is of this message, by hash, topic and every field. Our transport tells no topic with what
        it looked up: the hash says it."""
        self.assertEqual(told["hash"], self.hash_of(message))
        topic = self.shards.topic(message["content_topic"])
        self.assertEqual(told.get("pubsub_topic", topic if self.client.kind == "probe" else None), topic)
        self.assertTrue(same_message(told["message"], message), (told["message"], message))

    # Lightpush.

    def push(self, version, message):
        return self.client.ask("lightpush", peer=self.server.peer, version=version, message=message,
                               **self.shards.fields(message["content_topic"]))

    def check_pushed(self, version, message):
        answer = self.push(version, message)
        self.assertEqual(answer["status"], 200, answer)
        self.assertEqual(answer["hash"], self.hash_of(message))
        self.check_told(self.witness.message("relay", answer["hash"]), message)

    def lightpush(self, version):
        for application in APPLICATIONS:
            self.check_pushed(version, make_message(self.content_topic(application)))

    def lightpush_all_fields(self, version):
        self.check_pushed(version, make_message(self.content_topic(), meta="AAEC/w==", ephemeral=True))

    def lightpush_payload(self, version, payload):
        self.check_pushed(version, make_message(self.content_topic(), PAYLOADS[payload]))

    def check_not_pushed(self, version, payload):
        """Refused by a word of the client or the server, and not relayed."""
        message = make_message(self.content_topic(), payload)
        try:
            answer = self.push(version, message)
        except Unsupported:
            raise
        except Refused as refused:
            self.assertTrue(refused.why)
        else:
            self.assertNotEqual(answer["status"], 200)
            self.assertTrue(answer["text"])
        # What is pushed next comes through, by the same way.
        self.check_pushed(version, make_message(message["content_topic"]))
        self.assertNotIn(self.hash_of(message), [event["hash"] for event in self.witness.messages("relay")])

    def lightpush_empty(self, version):
        self.check_not_pushed(version, b"")

    def lightpush_over_the_cap(self, version):
        self.check_not_pushed(version, OVER_THE_CAP)

    # Filter.

    def filter_request(self, command, *content_topics):
        return self.client.ask(command, peer=self.server.peer, content_topics=content_topics,
                               **self.shards.fields(content_topics[0]))

    def subscribe(self, *content_topics):
        answer = self.filter_request("filter_subscribe", *content_topics)
        self.assertEqual(answer["status"], 200, answer)

    def ping(self, content_topic):
        return self.client.ask("filter_ping", peer=self.server.peer, **self.shards.fields(content_topic))["status"]

    def filter_ping_of_nobody(self):
        self.assertNotEqual(self.ping(self.content_topic()), 200)

    def filter_subscribe_ping_push(self):
        topics = [self.content_topic(application) for application in APPLICATIONS]
        for topic in topics:
            self.subscribe(topic)
            self.assertEqual(self.ping(topic), 200)
        for topic in topics:
            message = self.relayed(topic)
            told = self.client.message("filter", self.hash_of(message))
            self.check_told(told, message)
            self.assertEqual(told["peer"], self.server.peer)
        for topic in topics:
            self.filter_request("filter_unsubscribe", topic)

    def filter_push_of(self, payload):
        topic = self.content_topic()
        self.subscribe(topic)
        message = self.relayed(topic, PAYLOADS[payload], meta="AQ==", ephemeral=True)
        self.check_told(self.client.message("filter", self.hash_of(message)), message)
        self.filter_request("filter_unsubscribe", topic)

    def filter_unsubscribe(self):
        left, kept = self.content_topic(), self.content_topic()
        self.subscribe(left, kept)
        self.assertEqual(self.filter_request("filter_unsubscribe", left)["status"], 200)
        # Not every client waits for the server's answer, so messages are sent until only one of two comes.
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            gone, there = self.relayed(left), self.relayed(kept)
            self.client.message("filter", self.hash_of(there))
            if self.hash_of(gone) not in [event["hash"] for event in self.client.messages("filter")]:
                break
            self.assertLess(time.monotonic(), until, "it is still pushed")
        self.assertEqual(self.filter_request("filter_unsubscribe", kept)["status"], 200)
        while self.ping(kept) == 200:
            self.assertLess(time.monotonic(), until, "it is still subscribed")

    # Store.

    def query(self, version, content_topic, **fields):
        answer = self.client.ask("store", peer=self.server.peer, version=version, content_topics=[content_topic],
                                 pubsub_topic=self.shards.topic(content_topic), **fields)
        self.assertEqual(answer["status"], 200, answer)
        return answer

    def archived(self, version, count, payload=None):
        """Messages of one content topic that the server's store has, each ten milliseconds after the one before."""
        topic = self.content_topic()
        first = int(now_nanoseconds())
        messages = [self.relayed(topic, payload, timestamp=str(first + 10_000_000 * number)) for number in range(count)]
        until = time.monotonic() + PATIENCE_SECONDS
        while len(self.query(version, topic)["entries"]) < count:
            self.assertLess(time.monotonic(), until, "the store has not got them")
            time.sleep(_POLL_SECONDS)
        return topic, messages

    def check_entries(self, entries, messages):
        self.assertEqual([entry["hash"] for entry in entries], [self.hash_of(message) for message in messages])
        for entry, message in zip(entries, messages):
            self.check_told(entry, message)

    def store_content(self, version):
        topic, messages = self.archived(version, 4)
        self.check_entries(self.query(version, topic, forward=True)["entries"], messages)

    def store_times(self, version):
        topic, messages = self.archived(version, 4)
        start, end = int(messages[1]["timestamp"]), int(messages[2]["timestamp"])
        if self.client.kind == "js":
            # It multiplies milliseconds as floating-point numbers: up to 128 ns are lost.
            start, end = start - 1_000_000, end + 1_000_000
        self.check_entries(self.query(version, topic, start=str(start), end=str(end))["entries"], messages[1:3])

    def store_not_ephemeral(self, version):
        topic = self.content_topic()
        self.relayed(topic, ephemeral=True)
        kept = self.relayed(topic)
        until = time.monotonic() + PATIENCE_SECONDS
        while not (entries := self.query(version, topic)["entries"]):
            self.assertLess(time.monotonic(), until, "the store has not got it")
            time.sleep(_POLL_SECONDS)
        self.check_entries(entries, [kept])

    def store_large(self, version):
        topic, messages = self.archived(version, 3, PAYLOADS["149 kB"])
        self.check_entries(self.query(version, topic)["entries"], messages)

    def store_paging(self, version, forward):
        """Pages of two by cursors: forward from the oldest, backward from the newest, each in the order of time."""
        topic, messages = self.archived(version, 5)
        pages, cursor = [], {}
        while True:
            answer = self.query(version, topic, page_size=2, forward=forward, **cursor)
            if answer["entries"]:
                pages.append(answer["entries"])
            if not answer["entries"] or not answer.get("cursor"):
                break
            self.assertLessEqual(len(answer["entries"]), 2)
            self.assertLess(len(pages), 6, "the pages do not end")
            cursor = {"cursor": answer["cursor"]}
        self.check_entries([entry for page in (pages if forward else reversed(pages)) for entry in page], messages)

    def store_own_paging(self):
        topic, messages = self.archived(3, 5)
        self.check_entries(self.query(3, topic, page_size=2, all=True)["entries"], messages)

    def hash_query(self, topic, hashes, **fields):
        # js-waku asks by hashes alone too, but reads only messages of topics that it knows.
        known = {"content_topics": [topic]} if self.client.kind == "js" else {}
        answer = self.client.ask("store", peer=self.server.peer, version=3, hashes=hashes,
                                 pubsub_topic=self.shards.topic(topic), **known, **fields)
        self.assertEqual(answer["status"], 200, answer)
        return answer["entries"]

    def store_presence(self):
        topic, messages = self.archived(3, 3)
        asked = [self.hash_of(messages[2]), "0x" + "07" * 32, self.hash_of(messages[0])]
        entries = self.hash_query(topic, asked, include_data=False)
        self.assertEqual(sorted(entry["hash"] for entry in entries), sorted([asked[0], asked[2]]))
        self.assertEqual([entry.get("message") for entry in entries], [None, None])

    def store_lookup(self):
        topic, messages = self.archived(3, 3)
        asked = [self.hash_of(messages[0]), "0x" + "07" * 32, self.hash_of(messages[2])]
        entries = self.hash_query(topic, asked, include_data=True)
        self.check_entries(sorted(entries, key=lambda entry: entry["message"]["timestamp"]),
                           [messages[0], messages[2]])

    # Relay, by another node of the client's kind.

    def relay_both_ways(self):
        name = self.client.name.replace("client", "relay")
        topic = self.shards.topic(self.content_topic())
        node = self.network.add(name, self.client.kind, serve=["relay"], **self.shards.settings)
        self.network.connect(node, self.server)
        self.network.wait_until_meshed(topic, node, self.server, self.witness)
        for sender, receiver in ((node, self.witness), (self.witness, node), (node, self.server)):
            for payload in (None, *PAYLOADS.values()):
                message = make_message(self.content_topic(), payload, meta="AQI=")
                answer = sender.ask("relay_publish", pubsub_topic=topic, message=message)
                self.assertEqual(answer["hash"], self.hash_of(message))
                self.check_told(receiver.message("relay", self.hash_of(message)), message)
        node.stop()

    # Metadata and hashes.

    def metadata(self):
        told = self.client.ask("metadata", peer=self.server.peer, **self.own_metadata(self.shards.cluster))
        self.assertEqual(told["cluster"], self.shards.cluster)
        if (self.client.kind, self.server.kind) == ("js", "go_waku"):
            print(f"  --    js/go_waku/metadata, shards: {SHARDS_UNREAD}", file=sys.stderr)
            self.assertEqual(told["shards"], [])
        else:
            self.assertEqual(sorted(told["shards"]), self.server.settings["shards"])

    def own_metadata(self, cluster):
        return {"cluster": cluster, "shards": []}

    def metadata_wrong_cluster(self):
        """A client of another cluster gets nothing pushed, whoever of the two it is that sees to that."""
        strange = self.shards.of_cluster(self.shards.cluster + 1)
        name = self.client.name.replace("client", "stranger")
        stranger = self.network.add(name, self.client.kind, **strange.settings)
        message = make_message(self.content_topic())
        try:
            stranger.ask("dial", address=self.server.address)
            told = stranger.ask("metadata", peer=self.server.peer, **self.own_metadata(strange.cluster))
            self.assertEqual(told["cluster"], self.shards.cluster)
        except Refused as refused:
            self.assertNotIsInstance(refused, Unsupported)
        try:
            answer = stranger.ask("lightpush", peer=self.server.peer, version=2, message=message,
                                  pubsub_topic=strange.topic(message["content_topic"]))
            self.assertNotEqual(answer["status"], 200)
        except Refused as refused:
            self.assertNotIsInstance(refused, Unsupported)
        stranger.stop()

    def peer_by_metadata(self):
        """js-waku, left to choose, finds the server for each of its services."""
        chooser = self.network.add("chooser_js", "js", chooses_peers=True, **self.shards.settings)
        self.network.connect(chooser, self.server)
        cell = Cell(self.network, self.shards, chooser, self.server)
        for version in (3, 2):
            if LIGHTPUSH[version] in chooser.ask("protocols", peer=self.server.peer)["protocols"]:
                cell.lightpush(version)
        topic = cell.content_topic()
        cell.subscribe(topic)
        message = cell.relayed(topic)
        cell.check_told(chooser.message("filter", self.hash_of(message)), message)
        cell.filter_request("filter_unsubscribe", topic)
        chooser.stop()

    def hashes(self):
        topic = self.shards.topic(self.content_topic())
        for payload in (b"\x01", bytes(range(256))):
            for fields in ({}, {"meta": "AAEC/w=="}, {"ephemeral": True}, {"timestamp": "1681964442000000001"}):
                message = make_message("/live-a/1/hash ä/proto", payload, **fields)
                self.assertEqual(self.client.ask("hash", pubsub_topic=topic, message=message)["hash"],
                                 message_hash(topic, message))


OPERATIONS = {
    **{f"lightpush v{version}{rest}": (method, version, *arguments) for version in (3, 2)
       for rest, method, *arguments in (
           ("", Cell.lightpush), (", all fields", Cell.lightpush_all_fields),
           *((f", {size}", Cell.lightpush_payload, size) for size in PAYLOADS),
           (", 0 B", Cell.lightpush_empty), (", over the cap", Cell.lightpush_over_the_cap))},
    "filter ping of nobody": (Cell.filter_ping_of_nobody,),
    "filter subscribe, ping, push": (Cell.filter_subscribe_ping_push,),
    **{f"filter push, {size}": (Cell.filter_push_of, size) for size in PAYLOADS},
    "filter unsubscribe": (Cell.filter_unsubscribe,),
    **{f"{name} {rest}": (method, version, *arguments) for name, version in (("store v3", 3), ("legacy store", 2))
       for rest, method, *arguments in (
           ("content", Cell.store_content), ("times", Cell.store_times), ("not ephemeral", Cell.store_not_ephemeral),
           ("large", Cell.store_large), ("paging forward", Cell.store_paging, True),
           ("paging backward", Cell.store_paging, False))},
    "store v3 paging by the client": (Cell.store_own_paging,),
    "store v3 presence": (Cell.store_presence,),
    "store v3 lookup": (Cell.store_lookup,),
    "relay both ways": (Cell.relay_both_ways,),
    "metadata": (Cell.metadata,),
    "metadata of a wrong cluster": (Cell.metadata_wrong_cluster,),
    "peer chosen by metadata": (Cell.peer_by_metadata,),
    "hash": (Cell.hashes,),
}


def lacks(protocol):
    """Shown by what identify told the client."""
    def check(cell):
        cell.assertNotIn(protocol, cell.client.ask("protocols", peer=cell.server.peer)["protocols"])
    return check


def unsupported(command, **fields):
    """Shown by the client's word."""
    def check(cell):
        with cell.assertRaises(Unsupported):
            cell.client.ask(command, peer=cell.server.peer, pubsub_topic=cell.shards.topic("/live-a/1/x/proto"),
                            message=make_message("/live-a/1/x/proto"), content_topics=["/live-a/1/x/proto"], **fields)
    return check


def tells_no_shards(cell):
    """Shown by what js-waku made of the answer: another client sees them."""
    told = cell.client.ask("metadata", peer=cell.server.peer, **cell.own_metadata(cell.shards.cluster))
    cell.assertEqual((told["cluster"], told["shards"]), (cell.shards.cluster, []))


# Client, server and the beginning of the operation ("" is any), why not, and what shows it.
CANNOT = [
    ("", "go_waku", "lightpush v3", "go-waku serves no lightpush v3", lacks(LIGHTPUSH[3])),
    ("", "go_waku", "store v3", "go-waku serves no store v3", lacks(STORE[3])),
    ("go_waku", "", "lightpush v3", "go-waku's client has no lightpush v3", unsupported("lightpush", version=3)),
    ("js", "", "legacy store", "js-waku's client has no legacy store", unsupported("store", version=2)),
    ("js", "", "store v3 presence", "js-waku's client shows no hash without its message",
     unsupported("store", version=3, include_data=False, hashes=["0x" + "07" * 32])),
    ("js", "", "relay", "js-waku's node has no relay", unsupported("relay_join")),
    *((client, "", operation, f"only js-waku {does}", None) for client in ("go_waku", "probe") for operation, does in (
        ("store v3 paging by the client", "pages by itself"), ("peer chosen by metadata", "chooses a peer itself"))),
    ("js", "go_waku", "peer chosen by metadata", SHARDS_UNREAD, tells_no_shards),
]


def cannot(client, server, operation):
    """Why a cell is not possible and what shows it, or None."""
    for of_client, of_server, beginning, why, shown_by in CANNOT:
        if of_client in ("", client) and of_server in ("", server) and operation.startswith(beginning):
            return why, shown_by
    return None


class Matrix(case.LiveTest):
    def wanted(self, client, server):
        named = os.environ.get("WAKU_LIVE_CELLS", "")
        return [operation for operation in OPERATIONS if f"{client}/{server}/{operation}".startswith(named)]

    def run_server(self, shards, server_kind):
        if not any(self.wanted(client, server_kind) for client in CLIENTS):
            self.skipTest("WAKU_LIVE_CELLS names others")
        programs.need(server_kind, "go_waku")
        network = self.network()
        server = network.add("server", server_kind, serve=["relay", "filter", "lightpush", "store"], **shards.settings)
        witness = network.add("witness", "go_waku", serve=["relay"], **shards.settings)
        network.connect(witness, server)
        for topic in {shards.topic(f"/{application}/1/x/proto") for application in APPLICATIONS}:
            network.wait_until_meshed(topic, server, witness)
        for client_kind in CLIENTS:
            self.run_client(network, shards, client_kind, server)

    def run_client(self, network, shards, client_kind, server):
        operations = self.wanted(client_kind, server.kind)
        if not operations:
            return
        with self.subTest(f"{client_kind}/{server.kind}/dial"):
            client = network.add(f"client_{client_kind}", client_kind, **shards.settings)
            network.connect(client, server)
            cell = Cell(network, shards, client, server)
            for operation in operations:
                self.run_cell(cell, operation)

    def run_cell(self, cell, operation):
        name = f"{cell.client.kind}/{cell.server.kind}/{operation}"
        with self.subTest(name):
            not_possible = cannot(cell.client.kind, cell.server.kind, operation)
            if not_possible:
                why, shown_by = not_possible
                if shown_by:
                    shown_by(cell)
                print(f"  --    {name}: {why}", file=sys.stderr)
                return
            method, *arguments = OPERATIONS[operation]
            began = time.monotonic()
            try:
                method(cell, *arguments)
            except Exception:
                print(f"  FAIL  {name} ({cell.shards.name})", file=sys.stderr)
                raise
            print(f"  ok    {name} ({cell.shards.name}, {time.monotonic() - began:.1f} s)", file=sys.stderr)


def add_tests():
    for shards in (STATIC, AUTO):
        for server in SERVERS:
            def test(self, shards=shards, server=server):
                self.run_server(shards, server)
            setattr(Matrix, f"test_{shards.name}_{server}", test)


add_tests()

if __name__ == "__main__":
    case.main()
