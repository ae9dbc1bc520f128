#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""GossipSub as researchers model it in Python: networkx draws the graph, simpy runs the events.

Every frame is an event, as in models of this kind; what a node does with one is what the lab's relay network does.
Frames are timeouts with a callback, which simpy handles several times faster than a process for each. Parameters are
those of the scenario relay-bandwidth, and so are the sizes of frames.
"""

import argparse
import collections
import gc
import itertools
import json
import random
import time

import networkx
import simpy

PEERS = 40  # connections of a node
D, D_LOW, D_HIGH, D_OUT, D_LAZY = 6, 4, 8, 3, 6
GOSSIP_FACTOR = 0.25
HEARTBEAT_S = 1
HISTORY, GOSSIPED = 6, 3  # heartbeats for which a message can be asked for, and in which it is told of
BACKOFF_S = 60
LATENCY_S, LATENCY_ABOVE_S = 0.121, 0.0605  # of a link: the least, and the mean of what comes on top
PAYLOAD = 1_000
# Bytes of frames, with what yamux and Noise put around them (network/frame.hpp).
MESSAGE_BYTES, ID_BYTES, HAVE_BYTES, WANT_BYTES, GRAFT_BYTES, PRUNE_BYTES = PAYLOAD + 95, 34, 51, 35, 51, 53


class Message:
    __slots__ = ("published", "counts")

    def __init__(self, published, counts):
        self.published, self.counts = published, counts


class Network:
    def __init__(self, nodes, warm_up, duration, seed):
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.begin, self.end = warm_up, warm_up + duration
        self.copies = self.bytes = self.mesh_degrees = self.meshes = 0
        self.latencies = []
        self.nodes = [Node(self) for _ in range(nodes)]
        for one, other in networkx.random_regular_graph(PEERS, nodes, seed=seed).edges:
            if self.random.random() < 0.5:
                one, other = other, one
            latency = LATENCY_S + self.random.expovariate(1 / LATENCY_ABOVE_S)
            dialler, listener = self.nodes[one], self.nodes[other]
            dialler.latency[listener] = listener.latency[dialler] = latency
            dialler.dialled.add(listener)

    def run(self):
        for process in [*(node.heartbeats() for node in self.nodes), self.publications()]:
            self.env.process(process)
        self.env.run(until=self.end)

    def publications(self):
        yield self.env.timeout(self.begin // 2)
        for turn in itertools.count():
            counts = self.env.now >= self.begin
            self.nodes[turn % len(self.nodes)].publish(Message(self.env.now, counts))
            yield self.env.timeout(1)


class Node:
    __slots__ = ("network", "env", "latency", "dialled", "mesh", "seen", "cache", "no_graft_until")

    def __init__(self, network):
        self.network, self.env = network, network.env
        self.latency = {}  # of each peer
        self.dialled, self.mesh, self.seen = set(), set(), set()
        self.cache = collections.deque([[]], maxlen=HISTORY)  # messages by heartbeat, the latest first
        self.no_graft_until = {}

    def send(self, to, handler, what, size):
        if self.env.now >= self.network.begin:
            self.network.bytes += size
        self.env.timeout(self.latency[to], (self, what)).callbacks.append(handler)

    def publish(self, message):
        self.seen.add(message)
        self.cache[0].append(message)
        for peer in self.latency:  # flood publish
            self.send(peer, peer.on_copy, message, MESSAGE_BYTES)

    def on_copy(self, event):
        sender, message = event.value
        network, now = self.network, self.env.now
        if now >= network.begin:
            network.copies += 1
        if message in self.seen:
            return
        self.seen.add(message)
        self.cache[0].append(message)
        if message.counts:
            network.latencies.append(now - message.published)
        for peer in self.mesh:
            if peer is not sender:
                self.send(peer, peer.on_copy, message, MESSAGE_BYTES)

    def on_have(self, event):
        sender, messages = event.value
        missing = [each for each in messages if each not in self.seen]
        if missing:
            self.send(sender, sender.on_want, missing, WANT_BYTES + ID_BYTES * len(missing))

    def on_want(self, event):
        sender, messages = event.value
        for message in messages:
            if any(message in window for window in self.cache):
                self.send(sender, sender.on_copy, message, MESSAGE_BYTES)

    def on_graft(self, event):
        peer, _ = event.value
        if peer in self.mesh:
            return
        full = len(self.mesh) >= D_HIGH and peer not in self.dialled
        if full or self.no_graft_until.get(peer, 0) > self.env.now:
            self.prune(peer)
        else:
            self.mesh.add(peer)

    def on_prune(self, event):
        peer, _ = event.value
        self.mesh.discard(peer)
        self.no_graft_until[peer] = self.env.now + BACKOFF_S

    def prune(self, peer):
        self.mesh.discard(peer)
        self.no_graft_until[peer] = self.env.now + BACKOFF_S
        self.send(peer, peer.on_prune, None, PRUNE_BYTES)

    def graft(self, count, among):
        open_to = [peer for peer in among
                   if peer not in self.mesh and self.no_graft_until.get(peer, 0) <= self.env.now]
        for peer in self.network.random.sample(open_to, min(count, len(open_to))):
            self.mesh.add(peer)
            self.send(peer, peer.on_graft, None, GRAFT_BYTES)

    def heartbeats(self):
        yield self.env.timeout(self.network.random.random() * HEARTBEAT_S)
        while True:
            self.maintain_mesh()
            self.tell()
            self.cache.appendleft([])
            yield self.env.timeout(HEARTBEAT_S)

    def maintain_mesh(self):
        if len(self.mesh) < D_LOW:
            self.graft(D - len(self.mesh), self.latency)
        if len(self.mesh) > D_HIGH:
            order = self.network.random.sample(list(self.mesh), len(self.mesh))
            dialled = [peer for peer in order if peer in self.dialled][:D_OUT]
            for peer in (dialled + [peer for peer in order if peer not in dialled])[D:]:
                self.prune(peer)
        if len(self.mesh) >= D_LOW:
            self.graft(max(0, D_OUT - len(self.mesh & self.dialled)), self.dialled)
        if self.env.now >= self.network.begin:
            self.network.mesh_degrees += len(self.mesh)
            self.network.meshes += 1

    def tell(self):
        messages = [message for window in itertools.islice(self.cache, GOSSIPED) for message in window]
        if not messages:
            return
        others = [peer for peer in self.latency if peer not in self.mesh]
        count = min(max(D_LAZY, int(GOSSIP_FACTOR * len(others))), len(others))
        for peer in self.network.random.sample(others, count):
            self.send(peer, peer.on_have, messages, HAVE_BYTES + ID_BYTES * len(messages))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nodes", type=int, default=1_000)
    parser.add_argument("--duration", type=int, default=600, help="seconds that are measured")
    parser.add_argument("--warm-up", type=int, default=60, help="seconds before, in which meshes form")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    gc.disable()  # it finds nothing here, and takes a seventh of the time
    start = time.perf_counter()
    network = Network(asked.nodes, asked.warm_up, asked.duration, asked.seed)
    network.run()
    wall = time.perf_counter() - start
    latencies = sorted(network.latencies)
    found = {"wall_s": round(wall, 3), "times_real_time": round(network.end / wall, 3),
             "copies_per_message": round(network.copies / len(latencies), 3),
             "relay_kBps": round(network.bytes / asked.nodes / asked.duration / 1e3, 3),
             "mesh_degree": round(network.mesh_degrees / network.meshes, 3),
             "delivered": round(len(latencies) / (asked.nodes - 1) / asked.duration, 6)}
    for part in 50, 95, 99:
        found[f"p{part}_ms"] = round(latencies[-(-len(latencies) * part // 100) - 1] * 1e3, 1)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
