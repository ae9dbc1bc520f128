#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What `make traffic` runs: a network of go-waku relay nodes, messages at a steady rate, and what each node sends and
receives meanwhile. docs/data/traffic/README.md says what is in the files that it writes."""

import argparse
import collections
import concurrent.futures
import dataclasses
import datetime
import json
import math
import os
import pathlib
import random
import time

from live import programs, usage
from live.links import neighbours_of, random_regular
from live.message import make_message, message_hash, shard_topic
from live.network import Network
from live.process import PATIENCE_SECONDS
from live.run import Run, prepare
from live.table import table

CLUSTER = 16
SHARD = 0
TOPIC = shard_topic(SHARD, CLUSTER)
CONTENT_TOPIC = "/waku-live/1/traffic/proto"
RELAY = "/vac/waku/relay/2.0.0"

# go-waku relays to 4 to 8 neighbours, and gossips to 4 of the others, or to a quarter where that is more. With ten a
# node has enough of both, and few enough that most messages come over others than their publisher, which sends its own
# to all neighbours.
DEGREE = 10
# Meshes are there before it begins; gossip, and what a node owes for its first connections, have settled after it.
WARM_UP_SECONDS = 30.0
SAMPLE_SECONDS = 10.0
ARRIVAL_SECONDS = 30.0
_POLL_SECONDS = 0.02
_CONNECTIONS_AT_ONCE = 8


@dataclasses.dataclass
class Plan:
    """`rate` messages a second in the whole network, each of a node chosen at random, with `size` bytes of payload."""
    nodes: int = 24
    rate: float = 1.0
    size: int = 1_000
    degree: int = DEGREE
    seconds: float = 300.0
    warm_up_seconds: float = WARM_UP_SECONDS
    seed: int = 0

    @property
    def name(self):
        return f"{self.nodes}-nodes-{self.degree}-neighbours-{self.rate:g}-per-second-{self.size}-bytes"


REFERENCE = ({}, {"size": 10_000}, {"rate": 5.0}, {"nodes": 12}, {"degree": 23})


# Counts are numbers in dictionaries of dictionaries; what one lacks is 0.

def _combined(function, left, right):
    if isinstance(left, dict) or isinstance(right, dict):
        left, right = left or {}, right or {}
        return {key: _combined(function, left.get(key), right.get(key)) for key in sorted({*left, *right})}
    return function(left or 0, right or 0)


def difference(after, before):
    return _combined(lambda left, right: left - right, after, before)


def total(counts):
    made = {}
    for each in counts:
        made = _combined(lambda left, right: left + right, made, each)
    return made


def scaled(counts, factor, digits=2):
    if isinstance(counts, dict):
        return {key: scaled(value, factor, digits) for key, value in counts.items()}
    return round(counts * factor, digits)


def percentiles(values):
    """The least value that is not exceeded by that share of them."""
    ordered = sorted(values)
    return {name: ordered[math.ceil(share * len(ordered)) - 1]
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("most", 1.0))}


def hops_of(publisher, first):
    """How many links each node's first copy crossed, by the node; `first` says of each who brought it. One to which no
    way leads from the publisher is left out."""
    made = {publisher: 0}
    left = dict(first)
    while reached := [node for node, bringer in left.items() if bringer in made]:
        for node in reached:
            made[node] = made[left.pop(node)] + 1
    del made[publisher]
    return made


@dataclasses.dataclass
class Look:
    """All counts at a time."""
    time: float
    nodes: list
    machine: dict


class Traffic(Run):

    def __init__(self, folder, plan):
        super().__init__(folder, plan.seed)
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.links = random_regular(self.chance, plan.nodes, plan.degree)
        self.published = []  # Of each message the hash, its node's place, and the answer to the command.
        self.meshes = []

    def start(self):
        self.network = self.ends.enter_context(Network(self.folder))
        self.nodes = [self.network.add(f"node-{number}", "go_waku", serve=["relay"], cluster=CLUSTER, shards=[SHARD])
                      for number in range(1, self.plan.nodes + 1)]
        with concurrent.futures.ThreadPoolExecutor(_CONNECTIONS_AT_ONCE) as threads:
            made = [threads.submit(self.network.connect, self.nodes[left], self.nodes[right])
                    for left, right in self.links]
            for each in made:
                each.result()
        self.network.wait_until_grafted(TOPIC, self.nodes, self.plan.degree)
        self.tell(f"{self.plan.name}: the go-waku nodes are connected")

    # While messages flow.

    def run(self):
        """What the file is to hold; `start` is to have been called."""
        warm_up = math.ceil(self.plan.warm_up_seconds * self.plan.rate)
        end = warm_up + max(1, round(self.plan.seconds * self.plan.rate))
        began, loads = datetime.datetime.now(datetime.timezone.utc), [os.getloadavg()]
        first, looks = time.monotonic(), []
        for number in range(end):
            if number == warm_up:
                self._settle()
                looks.append(self._look())
            elif looks and time.monotonic() - looks[-1].time >= SAMPLE_SECONDS:
                looks.append(self._look())
            time.sleep(max(0.0, first + number / self.plan.rate - time.monotonic()))
            self._publish()
        self._settle()
        looks.append(self._look())
        loads.append(os.getloadavg())
        return self._told(looks, self.published[warm_up:], began, loads)

    def _publish(self):
        place = self.chance.randrange(self.plan.nodes)
        message = make_message(CONTENT_TOPIC, self.chance.randbytes(self.plan.size))
        asked = self.nodes[place].begin("relay_publish", pubsub_topic=TOPIC, message=message)
        self.published.append((message_hash(TOPIC, message), place, asked))

    def _settle(self):
        """To a time at which no message is under way, so that each is counted whole or not at all."""
        self._wait_for_arrival()
        time.sleep(min(1.0, 0.5 / self.plan.rate))

    def _wait_for_arrival(self):
        """Of what was published; what is lost is waited for once at each time that is looked at."""
        ends = time.monotonic() + ARRIVAL_SECONDS
        while any(len(node.messages("relay", TOPIC)) < len(self.published) for node in self.nodes):
            if time.monotonic() > ends:
                return
            time.sleep(_POLL_SECONDS)

    def _look(self):
        answers = [[node.begin("traffic"), node.begin("gossip"), node.begin("mesh", pubsub_topic=TOPIC)]
                   for node in self.nodes]
        made, meshes = [], []
        for node, asked in zip(self.nodes, answers):
            traffic, gossip, mesh = (answer.result(PATIENCE_SECONDS) for answer in asked)
            meshes.append(mesh)
            made.append({
                "sockets": usage.socket_bytes(node),
                "streams": {way: traffic[way] for way in ("in", "out")},
                "rpcs": {way: gossip[way] for way in ("in", "out", "dropped")},
                "messages": {key: gossip[key] for key in ("delivered", "duplicates", "rejected", "undeliverable")},
                "cpu_s": usage.cpu_seconds(node.pid),
            })
        self.meshes.append(meshes)
        return Look(time.monotonic(), made, usage.machine_seconds())

    # What is told of it.

    def _told(self, looks, published, began, loads):
        seconds = looks[-1].time - looks[0].time
        counted = [difference(after, before) for after, before in zip(looks[-1].nodes, looks[0].nodes)]
        whole = total(counted)
        arrived, latencies, hops = self._arrivals(published)
        lost = [len(published) - len(each) for each in arrived]
        mesh = [[look[place]["mesh"] for look in self.meshes] for place in range(self.plan.nodes)]
        neighbours = neighbours_of(self.plan.nodes, self.links)
        degree = sum(map(sum, mesh)) / sum(map(len, mesh))
        copies = (whole["messages"]["delivered"] + whole["messages"]["duplicates"]) / len(published) / self.plan.nodes
        busy = self._busy(looks[0], looks[-1])
        about = self.nodes[0].ask("about")
        return {
            "plan": dataclasses.asdict(self.plan),
            "began": began.isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            "versions": about["versions"],
            "gossipsub": about["gossipsub"],
            "machine": {
                **usage.machine(),
                "busy_share": busy,
                "busy_share_most": max(map(self._busy, looks, looks[1:])),
                "nodes_share": round(whole["cpu_s"] / seconds / os.cpu_count(), 3),
                "load_average": [[round(each, 2) for each in load] for load in loads],
                "memory_mb": round(sum(usage.peak_memory_megabytes(node.pid) for node in self.nodes)),
            },
            "messages": {
                "published": len(published),
                "lost": sum(lost),
                "copies": round(copies, 3),
                "duplicates": round(whole["messages"]["duplicates"] / len(published) / self.plan.nodes, 3),
                "latency_ms": scaled(percentiles(latencies), 1e-6, 3) if latencies else None,
                "hops": {str(count): round(of / sum(hops.values()), 4) for count, of in sorted(hops.items())},
            },
            "mesh": {
                "degree": round(degree, 3),
                "least": min(map(min, mesh)),
                "most": max(map(max, mesh)),
                "peers": {"least": min(each["peers"] for look in self.meshes for each in look),
                          "most": max(each["peers"] for look in self.meshes for each in look)},
            },
            "per_node_and_second": scaled({key: whole[key] for key in ("sockets", "streams", "rpcs")},
                                          1 / seconds / self.plan.nodes, 3),
            "nodes": [{"name": node.name, "neighbours": [self.nodes[other].name for other in neighbours[place]],
                       "mesh_degree": round(sum(mesh[place]) / len(mesh[place]), 2), "lost": lost[place],
                       **counted[place], "cpu_s": round(counted[place]["cpu_s"], 2)}
                      for place, node in enumerate(self.nodes)],
            "series": [self._slice(before, after, looks[0].time, meshes)
                       for before, after, meshes in zip(looks, looks[1:], self.meshes[1:])],
        }

    def _arrivals(self, published):
        """At each node the hashes that came; the nanoseconds that first copies took; and how many crossed how many
        links."""
        places = {node.peer: place for place, node in enumerate(self.nodes)}
        told = [{event["hash"]: event for event in node.messages("relay", TOPIC)} for node in self.nodes]
        arrived = [[key for key, _, _ in published if key in each] for each in told]
        latencies, hops = [], collections.Counter()
        for key, publisher, asked in published:
            start = int(asked.result(PATIENCE_SECONDS)["published"])
            events = {place: each[key] for place, each in enumerate(told) if key in each and place != publisher}
            crossed = hops_of(publisher, {place: places[event["peer"]] for place, event in events.items()})
            hops.update(crossed.values())
            latencies += [int(event["received"]) - start for event in events.values()]
        return arrived, latencies, hops

    @staticmethod
    def _busy(before, after):
        spent = difference(after.machine, before.machine)
        return round(spent["busy"] / spent["all"], 3) if spent["all"] else 0.0

    def _slice(self, before, after, begin, meshes):
        counted = total(difference(later, earlier) for later, earlier in zip(after.nodes, before.nodes))
        factor = 1 / (after.time - before.time) / self.plan.nodes
        return {"until_s": round(after.time - begin, 3), "sockets": scaled(counted["sockets"], factor, 1),
                "relay": {way: round(counted["streams"][way].get(RELAY, 0) * factor, 1) for way in ("in", "out")},
                "mesh_degree": round(sum(each["mesh"] for each in meshes) / self.plan.nodes, 3),
                "busy_share": self._busy(before, after)}


HEADS = ["nodes", "neighbours", "messages/s", "payload B", "relay", "of it messages", "of it control",
         "other protocols", "sockets", "copies", "mesh", "p50 ms", "p95 ms", "lost", "busy"]


def row(told):
    """Of the table. From `relay` to `sockets` it is bytes of a node and second, received; as many are sent."""
    plan, rates = told["plan"], told["per_node_and_second"]
    streams = rates["streams"]["in"]
    relay, messages = streams.get(RELAY, 0), rates["rpcs"]["in"].get("message", {"bytes": 0})["bytes"]
    counted = (relay, messages, relay - messages, sum(streams.values()) - relay, rates["sockets"]["in"])
    latency = told["messages"]["latency_ms"] or {"p50": math.nan, "p95": math.nan}
    return [f"{plan['nodes']}", f"{plan['degree']}", f"{plan['rate']:g}", f"{plan['size']:,}",
            *(f"{value:,.0f}" for value in counted),
            f"{told['messages']['copies']:.2f}", f"{told['mesh']['degree']:.2f}",
            f"{latency['p50']:.1f}", f"{latency['p95']:.1f}", f"{told['messages']['lost']}",
            f"{told['machine']['busy_share']:.0%}"]


def file_text(told):
    """As JSON, with each node and each time on a line of its own."""
    parts = []
    for key, value in told.items():
        text = json.dumps(value, indent=1) if not isinstance(value, list) else (
            "[\n" + ",\n".join(map(json.dumps, value)) + "\n]")
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def arguments():
    parser = argparse.ArgumentParser(
        description="Counts what go-waku relay nodes send and receive while messages flow. With none of --nodes, "
        "--degree, --rate and --size all runs of the reference, one after the other.")
    parser.add_argument("--nodes", type=int, help="(24)")
    parser.add_argument("--rate", type=float, help="messages a second in the whole network (1)")
    parser.add_argument("--size", type=int, help="bytes of a payload (1000)")
    parser.add_argument("--degree", type=int, help=f"neighbours of each node ({DEGREE})")
    parser.add_argument("--seconds", type=float, default=300.0, help="that are counted (300)")
    parser.add_argument("--warm-up", type=float, default=WARM_UP_SECONDS, dest="warm_up_seconds",
                        help=f"seconds before, at the same rate ({WARM_UP_SECONDS:g})")
    parser.add_argument("--seed", type=int, help="of links, publishers and payloads; none: another each time")
    parser.add_argument("--results", type=pathlib.Path, default=programs.PROJECT / "build" / "live" / "traffic",
                        help="the folder that gets a file for each run (build/live/traffic)")
    given = parser.parse_args()
    one = {key: getattr(given, key) for key in ("nodes", "degree", "rate", "size") if getattr(given, key) is not None}
    plans = [Plan(**each, seconds=given.seconds, warm_up_seconds=given.warm_up_seconds)
             for each in ([one] if one else REFERENCE)]
    for plan in plans:
        if plan.rate <= 0 or plan.seconds <= 0 or plan.size < 1 or plan.warm_up_seconds < 0:
            parser.error("rate, seconds and size are more than 0, and the warm-up is not less")
        try:
            random_regular(random.Random(0), plan.nodes, plan.degree)
        except ValueError as error:
            parser.error(str(error))
    return plans, given.seed, given.results


def main():
    plans, seed, results = arguments()
    folder, seed = prepare(results, "logs", seed, "go_waku")
    rows, lost = [], 0
    for plan in plans:
        with Traffic(folder / plan.name, dataclasses.replace(plan, seed=seed)) as traffic:
            traffic.start()
            told = traffic.run()
            file = results / (plan.name + ".json")
            file.write_text(file_text(told), encoding="utf-8")
            traffic.tell(f"{told['messages']['published']} messages, {told['messages']['lost']} lost; {file}")
        rows.append(row(told))
        lost += told["messages"]["lost"]
    print("\nrelay to sockets: bytes of a node and second, received\n")
    for line in table(HEADS, rows):
        print(line)
    return 1 if lost else 0


if __name__ == "__main__":
    programs.run(main)
