# SPDX-License-Identifier: Apache-2.0 OR MIT
"""light_client and service_node, started as a person starts them, but for --json."""

import signal

from .hashes import ledger
from .network import free_port
from .process import PATIENCE_SECONDS, Process
from .programs import need

CLUSTER = 99


def _named_peers(peers):
    """Programs, drivers, or addresses."""
    return [word for peer in peers for word in ("--peer", getattr(peer, "address", peer))]


class Program(Process):
    """What ends it is SIGTERM, and for the client the end of its input. `started` is what it said first."""

    def __init__(self, name, program, folder, *arguments):
        super().__init__(name, [need(program), "--json", *arguments], folder)

    def start(self):
        since = self.mark()
        super().start()
        self.started = self.wait_for(lambda event: event["event"] == "started", since=since)

    def stop(self, limit=PATIENCE_SECONDS):
        self.send_signal(signal.SIGTERM)
        return super().stop(limit)

    def all(self, kind):
        return [event for event in list(self.events) if event["event"] == kind]

    def notice(self, name, since=0):
        return self.wait_for(lambda event: event["event"] == "notice" and event["notice"] == name, since=since)

    def counts(self):
        """What it has at the moment, as it says when it is asked."""
        since = self.mark()
        self.send_signal(signal.SIGUSR1)
        return self.wait_for(lambda event: event["event"] == "counts", since=since)

    def summary(self, limit=PATIENCE_SECONDS):
        """Once it has ended by itself."""
        self.wait(limit)
        return self.all("summary")[-1]


class ServiceNode(Program):
    """With a port, an identity and a store that outlive it."""

    kind = "service_node"

    def __init__(self, name, folder, *peers, cluster=CLUSTER, port=None, extra=()):
        super().__init__(name, "service_node", folder, "--listen", f"/ip4/127.0.0.1/tcp/{port or free_port()}",
                         "--key-file", folder / (name + ".key"), "--store", folder / (name + ".store"),
                         "--cluster", cluster, *extra, *_named_peers(peers))

    @property
    def address(self):
        return self.started["addresses"][0]

    @property
    def peer(self):
        return self.started["peer"]

    def has_identified(self, other):
        """And has not lost it since."""
        told = [event["notice"] for event in self.all("notice") if event.get("peer") == other.peer]
        return "peer_appeared" in told[-1:]


class AnnouncedNode(ServiceNode):
    """Behind a fault proxy. It takes its `way` for its own place, so that nobody who is told that by `announced` finds
    another to it."""

    def __init__(self, name, folder, proxy, *peers, extra=(), **settings):
        port = free_port()
        self.way = proxy.before(port)
        super().__init__(name, folder, *peers, port=port, extra=[*extra, "--announce", self.way.place], **settings)

    @property
    def announced(self):
        return f"{self.way.place}/p2p/{self.peer}"


class LightClient(Program):
    """It tells what its strategy does, so that a test can wait for its subscriptions."""

    program = "light_client"

    def __init__(self, name, folder, *peers, cluster=CLUSTER, extra=()):
        super().__init__(name, self.program, folder, "--verbose", "--cluster", cluster, *extra, *_named_peers(peers))

    def _take(self, event):
        if event["event"] == "verdict" and "hash" in event:
            ledger.sent(event["hash"])
        if event.get("notice") == "restamped":
            ledger.sent(event["before"])
        super()._take(event)

    def write_without_end(self, text):
        self._process.stdin.write(text.encode())
        self.close_input()

    def wait_until_connected(self, count):
        """To so many peers."""
        self.wait_for(lambda event: event["event"] == "status" and event["peers"] >= count)

    def wait_until_subscribed(self, count):
        """At so many nodes."""
        peers = set()

        def reached(event):
            if event.get("notice") == "answered" and "subscription to" in event["sentence"] and \
                    event["sentence"].endswith(": 200"):
                peers.add(event["peer"])
            return len(peers) >= count
        self.wait_for(reached)

    def answered(self, what, answer, *peers, limit=2 * PATIENCE_SECONDS, since=0):
        """What one of the peers answered to a request that begins so, with these words in it."""
        names = {peer.peer for peer in peers}
        return self.wait_for(lambda event: event.get("notice") == "answered" and event["peer"] in names and
                             event["sentence"].startswith(what) and answer in event["sentence"], limit, since)

    def verdicts(self, count, limit=2 * PATIENCE_SECONDS):
        return self.wait_for_count("verdict", count, limit)

    def received(self, count, limit=2 * PATIENCE_SECONDS):
        return self.wait_for_count("received", count, limit)

    def wait_for_count(self, kind, count, limit):
        self.wait_for(lambda _: len(self.all(kind)) >= count, limit)
        return self.all(kind)


class RestClient(LightClient):
    """The same over REST: its peers are URLs of go-waku nodes, which ask these stores."""

    program = "rest_client"

    def __init__(self, name, folder, *urls, stores, extra=()):
        super().__init__(name, folder, *urls, extra=[*extra, *(word for store in stores
                                                               for word in ("--store", store.address))])
