# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The network of a test: named nodes with addresses and identities that outlive them."""

import base64
import itertools
import random
import socket
import time

from .driver import Driver, Refused
from .hashes import ledger
from .message import CLUSTER, make_message
from .process import PATIENCE_SECONDS, TimedOut
from .programs import driver_command

# For the messages that tell whether a mesh is there. Stores keep them not.
MESH_CONTENT_TOPIC = "/waku-live/1/mesh/proto"
GO_WAKU_ENOUGH = 4  # Neighbours in a mesh: its D_low.
_POLL_SECONDS = 0.25


def free_port():
    """A port of the loopback that nobody listens at, from below those that the kernel gives to connections: so it is
    still free when a node is started at it again."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as bounds:
        first_given = int(bounds.read().split()[0])
    while True:
        port = random.randrange(10_000, max(first_given, 10_100))
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


_counter = itertools.count(1)


class Node(Driver):
    """Of the kind probe, go_waku or js."""

    def __init__(self, name, kind, folder, settings):
        super().__init__(name, driver_command(kind), folder, settings)
        self.kind = kind

    def has_identified(self, other):
        try:
            return bool(self.ask("protocols", peer=other.peer)["protocols"])
        except Refused:
            return False

    def _take(self, event):
        self._tell_hashes(event)
        super()._take(event)

    def _tell_hashes(self, event):
        command, _ = self._pending.get(event.get("id"), (None, None))
        if command in ("lightpush", "relay_publish") and "hash" in event:
            ledger.sent(event["hash"])
        # Our transport hands on the hashes that a store names, and leaves them to the engine.
        entries = event.get("entries", ()) if self.kind != "probe" else ()
        for each in [event] if event.get("event") == "message" else entries:
            if "message" in each and "pubsub_topic" in each:
                ledger.received(self.kind, self.name, each["pubsub_topic"], each["message"], each["hash"])


class Network:
    """Starts nodes as they are added, and ends all of them at its own end.

        with Network(folder) as network:
            server = network.add("server", "go_waku", serve=["relay", "filter"])
            client = network.add("client", "js")
            network.connect(client, server)
    """

    def __init__(self, folder):
        self.folder = folder
        self.nodes = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __getitem__(self, name):
        return self.nodes[name]

    def add(self, name, kind, **settings):
        """A node, once it says that it is ready. It is known by `name` in logs. Its port and its identity stay the
        same when it is started again."""
        if name in self.nodes:
            raise ValueError(f"there is a node {name} already")
        if kind != "js":  # A client that listens nowhere.
            settings.setdefault("listen", f"/ip4/127.0.0.1/tcp/{free_port()}")
            settings.setdefault("key_file", str(self.folder / (name + ".key")))
        settings.setdefault("cluster", CLUSTER)
        node = Node(name, kind, self.folder, settings)
        self.nodes[name] = node
        node.start()
        return node

    def connect(self, dialler, other):
        """Waits until each has learnt the other's protocols. The other may be a service node."""
        dialler.ask("dial", address=other.address)
        for left, right in ((dialler, other), (other, dialler)):
            self.until(lambda: left.has_identified(right), f"{left.name} has not identified {right.name}")

    def wait_until_meshed(self, pubsub_topic, *nodes, limit=PATIENCE_SECONDS):
        """Until each of the nodes, which have all joined the topic, has received from each."""
        def heard_of():
            for node in nodes:
                message = make_message(MESH_CONTENT_TOPIC, f"{node.name} {next(_counter)}".encode(), ephemeral=True)
                try:
                    node.ask("relay_publish", pubsub_topic=pubsub_topic, message=message)
                except Refused:  # Nobody to send it to, so far.
                    pass
            time.sleep(_POLL_SECONDS)
            return all(other.name in self._heard(node, pubsub_topic) for node in nodes for other in nodes
                       if node is not other)
        self.until(heard_of, f"{', '.join(node.name for node in nodes)} are not meshed on {pubsub_topic}", limit)

    def wait_until_grafted(self, pubsub_topic, nodes, peers):
        """Until each of the nodes, which are of go-waku, knows so many peers on the topic, and relays to enough of them
        that it wants no more."""
        def grafted(node):
            told = node.ask("mesh", pubsub_topic=pubsub_topic)
            return told["peers"] >= peers and told["mesh"] >= min(GO_WAKU_ENOUGH, peers)
        for node in nodes:
            self.until(lambda: grafted(node), f"{node.name} is not meshed")

    @staticmethod
    def _heard(node, pubsub_topic):
        return {base64.b64decode(event["message"]["payload"]).decode().rsplit(" ", 1)[0]
                for event in node.messages("relay", pubsub_topic)
                if event["message"]["content_topic"] == MESH_CONTENT_TOPIC}

    @staticmethod
    def until(condition, otherwise, limit=PATIENCE_SECONDS):
        until = time.monotonic() + limit
        while not condition():
            if time.monotonic() > until:
                raise TimedOut(f"{otherwise} after {limit:g} s")
            time.sleep(_POLL_SECONDS)

    def close(self):
        for node in self.nodes.values():
            node.close_input()
        for node in self.nodes.values():
            node.stop()
