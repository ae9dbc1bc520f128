#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Who serves whom: each client asks each service node for everything, request by request.

A cell is client/server/operation, once with static shards and once with autosharding. What a side cannot do is listed
in CANNOT with the reason; such a cell is printed, and the reason is put to the test too.
WAKU_LIVE_CELLS=js/go_waku/store runs the cells that begin so."""

import os
import sys
import time

import light_client_cells
from light_client_cells import LightClientCell
from live import case, programs
from live.cell import APPLICATIONS, AUTO, STATIC, Cell
from live.driver import Refused, Unsupported
from live.message import make_message, message_hash, now_nanoseconds, same_message
from live.network import MESH_CONTENT_TOPIC
from live.own_programs import ServiceNode
from live.process import PATIENCE_SECONDS

REQUESTING = ("probe", "js", "go_waku")
CLIENTS = (*REQUESTING, "light_client")
SERVERS = ("service_node", "go_waku")

LIGHTPUSH = {3: "/vac/waku/lightpush/3.0.0", 2: "/vac/waku/lightpush/2.0.0-beta1"}
STORE = {3: "/vac/waku/store-query/3.0.0", 2: "/vac/waku/store/2.0.0-beta4"}

# Payloads by the words of the cells. Messages may have 150 KiB in all.
PAYLOADS = {"1 B": b"\x01", "149 kB": bytes(range(256)) * 582 + bytes(8)}
UNWANTED = {"0 B": b"", "over the cap": bytes(200_000)}
# What servers say of those, and clients of what they do not send. The numbers are nwaku's for an invalid message, and
# what our transport makes of words without a number.
REFUSED = {"service_node": {"0 B": "empty payload or content topic", "over the cap": "Message size exceeded maximum"},
           "go_waku": {"0 B": "invalid request: missing Payload field",
                       "over the cap": "Could not publish message: message size exceeds gossipsub max message size"}}
EMPTY_TO_CLIENT = {"js": "Payload is empty", "go_waku": "missing Payload field"}
INVALID_MESSAGE, INTERNAL_ERROR = 420, 500
SHARDS_UNREAD = "go-waku tells its shards in metadata's field 3, and js-waku reads field 2"


class RequestCell(Cell):
    """One client that is driven request by request. The operations are its methods; what each client and server can do
    is not known here."""

    def __init__(self, network, shards, client, server):
        super().__init__(network, shards, client.name, server)
        self.client = client

    def protocols(self):
        """Of the server, as identify told them."""
        return self.client.ask("protocols", peer=self.server.peer)["protocols"]

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

    def refusal(self, version, payload):
        """Status and text, or the text alone where it is the client that refuses. What is over the cap goes out with
        every client here. The server's v2 has words only: our transport makes 500 of them, go-waku's client no status.
        js-waku keeps the words to itself too."""
        if payload == "0 B" and self.client.kind in EMPTY_TO_CLIENT:
            return EMPTY_TO_CLIENT[self.client.kind]
        if self.client.kind == "js":
            return 0, "Remote peer rejected"
        words = REFUSED[self.server.kind][payload]
        if self.client.kind == "go_waku":
            return 0, words
        return (INVALID_MESSAGE if version == 3 else INTERNAL_ERROR), words

    def lightpush_refused(self, version, payload):
        """By a word of the client or the server, and not relayed."""
        message = make_message(self.content_topic(), UNWANTED[payload])
        try:
            answer = self.push(version, message)
        except Unsupported:
            raise
        except Refused as refused:
            said = refused.why
        else:
            said = answer["status"], answer["text"]
        self.assertEqual(said, self.refusal(version, payload))
        # What is pushed next comes through, by the same way.
        self.check_pushed(version, make_message(message["content_topic"]))
        self.assertNotIn(self.hash_of(message), self.seen_by_witness())

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
        self.network.until(lambda: len(self.query(version, topic)["entries"]) == count, "the store has not got them")
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
        self.network.until(lambda: self.query(version, topic)["entries"], "the store has not got it")
        self.check_entries(self.query(version, topic)["entries"], [kept])

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
        self.network.wait_until_meshed(topic, node, self.witness)  # Only the server stands between them.
        for sender, receiver in ((node, self.witness), (self.witness, node)):
            for payload in (None, *PAYLOADS.values()):
                message = make_message(self.content_topic(), payload, meta="AQI=")
                answer = sender.ask("relay_publish", pubsub_topic=topic, message=message)
                self.assertEqual(answer["hash"], self.hash_of(message))
                self.check_told(receiver.message("relay", self.hash_of(message)), message)
                self.check_taken_by_server(message)
        node.stop()

    def check_taken_by_server(self, message):
        """A service node says by its store what it has."""
        if self.server.kind != "service_node":
            return self.check_told(self.server.message("relay", self.hash_of(message)), message)
        about = {"peer": self.server.peer, "version": 3, "hashes": [self.hash_of(message)],
                 "pubsub_topic": self.shards.topic(message["content_topic"])}
        self.network.until(lambda: self.witness.ask("store", **about)["entries"], "the store has not got it")
        self.check_told(self.witness.ask("store", **about)["entries"][0], message)

    # Metadata and hashes.

    def metadata(self):
        told = self.client.ask("metadata", peer=self.server.peer, **self.own_metadata(self.shards.cluster))
        self.assertEqual(told["cluster"], self.shards.cluster)
        if (self.client.kind, self.server.kind) == ("js", "go_waku"):
            print(f"  --    js/go_waku/metadata, shards: {SHARDS_UNREAD}", file=sys.stderr)
            self.assertEqual(told["shards"], [])
        else:
            self.assertEqual(sorted(told["shards"]), self.shards.settings["shards"])

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
        cell = RequestCell(self.network, self.shards, chooser, self.server)
        for version in (3, 2):
            if LIGHTPUSH[version] in cell.protocols():
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
           ("", RequestCell.lightpush), (", all fields", RequestCell.lightpush_all_fields),
           *((f", {size}", RequestCell.lightpush_payload, size) for size in PAYLOADS),
           *((f", {size}", RequestCell.lightpush_refused, size) for size in UNWANTED))},
    "filter ping of nobody": (RequestCell.filter_ping_of_nobody,),
    "filter subscribe, ping, push": (RequestCell.filter_subscribe_ping_push,),
    **{f"filter push, {size}": (RequestCell.filter_push_of, size) for size in PAYLOADS},
    "filter unsubscribe": (RequestCell.filter_unsubscribe,),
    **{f"{name} {rest}": (method, version, *arguments) for name, version in (("store v3", 3), ("legacy store", 2))
       for rest, method, *arguments in (
           ("content", RequestCell.store_content), ("times", RequestCell.store_times),
           ("not ephemeral", RequestCell.store_not_ephemeral), ("large", RequestCell.store_large),
           ("paging forward", RequestCell.store_paging, True),
           ("paging backward", RequestCell.store_paging, False))},
    "store v3 paging by the client": (RequestCell.store_own_paging,),
    "store v3 presence": (RequestCell.store_presence,),
    "store v3 lookup": (RequestCell.store_lookup,),
    "relay both ways": (RequestCell.relay_both_ways,),
    "metadata": (RequestCell.metadata,),
    "metadata of a wrong cluster": (RequestCell.metadata_wrong_cluster,),
    "peer chosen by metadata": (RequestCell.peer_by_metadata,),
    "hash": (RequestCell.hashes,),
}


def lacks(protocol):
    """Shown by what identify told the client."""
    def check(cell):
        cell.assertNotIn(protocol, cell.protocols())
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
    *(("light_client", "service_node", operation, "the light client asks by v3 where a node has it", None)
      for operation in ("lightpush v2 instead", "legacy store instead")),
]


def operations_of(client):
    return light_client_cells.OPERATIONS if client == "light_client" else OPERATIONS


def cannot(client, server, operation):
    """Why a cell is not possible and what shows it, or None."""
    for of_client, of_server, beginning, why, shown_by in CANNOT:
        if of_client in ("", client) and of_server in ("", server) and operation.startswith(beginning):
            return why, shown_by
    return None


class Matrix(case.LiveTest):
    def wanted(self, client, server):
        named = os.environ.get("WAKU_LIVE_CELLS", "")
        return [operation for operation in operations_of(client) if f"{client}/{server}/{operation}".startswith(named)]

    def run_server(self, shards, server_kind):
        if not any(self.wanted(client, server_kind) for client in CLIENTS):
            self.skipTest("WAKU_LIVE_CELLS names others")
        programs.need(server_kind, "go_waku", "light_client")
        network = self.network()
        server = self.start_server(network, shards, server_kind)
        witness = network.add("witness", "go_waku", serve=["relay"], **shards.settings)
        network.connect(witness, server)
        for topic in {shards.topic(f"/{application}/1/x/proto") for application in APPLICATIONS}:
            self.wait_until_relaying(network, topic, server, witness)
        light = LightClientCell(network, shards, server, self.started)
        of_light = self.wanted("light_client", server_kind)
        if of_light:
            light.begin()
        for client_kind in REQUESTING:
            self.run_client(network, shards, client_kind, server)
        if of_light:
            light.push_early()
        for operation in of_light:
            self.run_cell(light, "light_client", operation)

    def start_server(self, network, shards, kind):
        if kind == "go_waku":
            return network.add("server", kind, serve=["relay", "filter", "lightpush", "store"], **shards.settings)
        own = ["--shards", ",".join(map(str, shards.settings["shards"]))]
        if shards.shards_in_cluster:
            own += ["--shards-in-cluster", shards.shards_in_cluster]
        return self.started(ServiceNode("server", self.folder, cluster=shards.cluster, extra=own))

    @staticmethod
    def wait_until_relaying(network, topic, server, witness):
        """A service node does not say what it relays: it is asked for a push until the witness hears of it."""
        if server.kind != "service_node":
            return network.wait_until_meshed(topic, server, witness)
        network.until(lambda: witness.ask("lightpush", version=2, peer=server.peer, pubsub_topic=topic,
                                          message=make_message(MESH_CONTENT_TOPIC, ephemeral=True))["status"] == 200
                      and witness.messages("relay", topic) and witness.ask("mesh", pubsub_topic=topic)["mesh"],
                      f"{server.name} does not relay {topic}")

    def run_client(self, network, shards, client_kind, server):
        operations = self.wanted(client_kind, server.kind)
        if not operations:
            return
        with self.subTest(f"{client_kind}/{server.kind}/dial"):
            client = network.add(f"client_{client_kind}", client_kind, **shards.settings)
            network.connect(client, server)
            cell = RequestCell(network, shards, client, server)
            for operation in operations:
                self.run_cell(cell, client_kind, operation)

    def run_cell(self, cell, client_kind, operation):
        name = f"{client_kind}/{cell.server.kind}/{operation}"
        with self.subTest(name):
            not_possible = cannot(client_kind, cell.server.kind, operation)
            if not_possible:
                why, shown_by = not_possible
                if shown_by:
                    shown_by(cell)
                print(f"  --    {name}: {why}", file=sys.stderr)
                return
            method, *arguments = operations_of(client_kind)[operation]
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
    case.main_side_by_side()
