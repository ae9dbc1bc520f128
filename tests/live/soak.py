#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What `make soak` runs: ten messages a second for an hour, over four service nodes that are killed, stopped, cut off
and slowed down at random. A sender, a receiver and one of the nodes are there all the time, and it is watched what they
take of memory, descriptors and streams; each verdict is compared with what the stores hold, as a go-waku client reads
them, and what the receiver is shown with what was sent."""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import pathlib
import random
import re
import threading
import time

from live import faults, growth, programs
from live.driver import Refused
from live.judgement import VERDICTS
from live.ledger import Ledger, text_of
from live.message import shard_topic
from live.network import Network
from live.own_programs import CLUSTER, AnnouncedNode, LightClient
from live.process import PATIENCE_SECONDS, TimedOut
from live.run import POLL_SECONDS, Run, finish, prepare
from live.stores import held
from live.table import table

RATE = 10.0
SHARD = 0
TOPIC = shard_topic(SHARD, CLUSTER)
FICKLE_NODES = 3
# Ten minutes of messages, so that a store's file and what SQLite keeps of it in memory are full soon.
STORE_MESSAGES = 6_000

# How long a fault lasts at most, and at least; and how long a lane of faults rests.
LASTS = {"killed": (1, 15), "stopped": (3, 25), "slow": (5, 30), "cut off": (3, 20), "half-open": (5, 25),
         "cut amid a frame": (3, 15), "all cut off": (5, 90)}
OF_PROGRAMS = ("killed", "stopped")
OF_WAYS = ("slow", "cut off", "half-open", "cut amid a frame")
RESTS = (3, 15)
GUEST_RESTS = (20, 90)
ALL_CUT_OFF_SHARE = 0.04  # Of the faults of the first lane.
SLOW_SECONDS = 1.0
FRAME_BYTES = 2_000
# Nothing happens in the first and the last part.
CALM_SHARE = 0.03

SAMPLE_SECONDS = 15.0
JUDGE_SECONDS = 20.0
TELL_SECONDS = 60.0
OVERLAP_SECONDS = 60  # A message is stored that much after its timestamp at most.
VERDICT_SECONDS = 150.0
ARRIVAL_SECONDS = 300.0
QUIET_SECONDS = 240.0
LATE_SECONDS = 3.0


def planned_faults(chance, seconds, steady, fickle, guest):
    """Three lanes, in each of which a fault follows the other. Two are of the nodes, of which at most two suffer at a
    time, unless all ways are cut off; the steady one is neither killed nor stopped. The third is of the guest."""
    busy = {}  # Until when, by node.
    lanes = [[], [], []]
    places = [chance.uniform(0, RESTS[1]) for _ in lanes]
    first, last = CALM_SHARE * seconds, (1 - CALM_SHARE) * seconds
    while True:
        lane = min(range(len(lanes)), key=lambda each: places[each])
        at = first + places[lane]
        if lane == 2:
            kind, node = chance.choice(OF_PROGRAMS), guest
        elif lane == 0 and chance.random() < ALL_CUT_OFF_SHARE:
            kind, node = "all cut off", "all"
        else:
            node = chance.choice([each for each in (steady, *fickle) if busy.get(each, 0) <= at])
            kind = chance.choice(OF_WAYS if node == steady else OF_PROGRAMS + OF_WAYS)
        lasts = chance.uniform(*LASTS[kind])
        if at >= last:
            return lanes
        if at + lasts <= last:
            lanes[lane].append(faults.Fault(kind, node, round(at, 3), round(lasts, 3)))
            busy[node] = at + lasts + RESTS[0]
        places[lane] += lasts + chance.uniform(*(GUEST_RESTS if lane == 2 else RESTS))


class Heard:
    """A program whose events go to `hears` from then on that it is set; what the soak itself waits for is kept."""
    hears = None

    def _take(self, event):
        if self.hears is None or event["event"] in ("started", "counts", "summary"):
            return super()._take(event)
        return self.hears(event)


class Node(Heard, AnnouncedNode):
    pass


class Client(Heard, LightClient):
    pass


class Soak(Run):

    def __init__(self, folder, seconds, rate, seed):
        super().__init__(folder, seed)
        self.seconds = seconds
        self.lines = round(seconds * rate)
        self.ledger = Ledger("receiver", "guest")
        self.samples = collections.defaultdict(list)
        self.suffered = []
        self._suffering = collections.defaultdict(threading.Lock)
        self._read_until = {}

    # The network.

    def start(self):
        self.network = self.ends.enter_context(Network(self.folder))
        self._proxy = self.started(faults.FaultProxy(self.folder))
        self.nodes = []
        for name in ("steady", *(f"fickle-{number}" for number in range(1, FICKLE_NODES + 1))):
            self.nodes.append(self.started(Node(
                name, self.folder, self._proxy, *(node.announced for node in self.nodes),
                extra=["--shards", SHARD, "--store-messages", STORE_MESSAGES])))
        for number, node in enumerate(self.nodes):
            for _ in self.nodes[:number]:
                node.notice("peer_appeared")
            node.hears = lambda event: None
        self.receiver, self.guest, self.sender = (self._client(name) for name in ("receiver", "guest", "sender"))
        self.watched = (self.sender, self.receiver, self.nodes[0])
        self.content_topic = self.sender.started["content_topic"]
        self.reader = self.network.add("reader", "go_waku", cluster=CLUSTER, shards=[SHARD])
        self._read_stores()
        self.before = {program.name: self._quiet(program) for program in self.watched}
        self.tell(f"{len(self.nodes)} service nodes, a sender, a receiver and a guest are connected")

    def _client(self, name):
        client = self.started(Client(name, self.folder, *(node.announced for node in self.nodes),
                                     extra=["--shards", SHARD]))
        client.wait_until_connected(len(self.nodes))
        client.wait_until_subscribed(2)
        client.events.clear()
        client.hears = lambda event: self.ledger.hear(name, event, time.monotonic())
        return client

    def _quiet(self, program, than=None):
        """What a program takes once nothing is under way: two samples are alike, and no more than another, if that can
        be had."""
        ends = time.monotonic() + QUIET_SECONDS
        last = None
        while True:
            taken = growth.taken(program)
            alike = last is not None and all(taken[key] == last[key] for key in growth.COUNTED)
            if alike and taken.get("requests", 0) == 0 and (than is None or not growth.leaks("", than, taken, {}, 0)):
                return taken
            if time.monotonic() > ends:
                return taken
            last = taken
            time.sleep(POLL_SECONDS)

    # Faults.

    def _suffer(self, lane, first_line):
        """In a thread of its own."""
        for fault in lane:
            if self.over.wait(first_line + fault.at - time.monotonic()):
                return
            with self._suffering[fault.node]:  # On a slow machine a restart takes longer than was planned.
                end = self._begin(fault)
                try:
                    self.over.wait(fault.seconds)
                finally:
                    end()
            self.suffered.append(fault)

    def _begin(self, fault):
        """Gives what ends it."""
        if fault.kind == "all cut off":
            return self._each_way([node.way for node in self.nodes], faults.Way.cut, faults.Way.mend)
        program = next(each for each in (*self.nodes, self.guest) if each.name == fault.node)
        if fault.kind == "killed":
            program.kill()
            return lambda: self._start_again(program)
        if fault.kind == "stopped":
            faults.pause(program)
            return lambda: faults.resume(program)
        way = program.way
        if fault.kind == "cut off":
            return self._each_way([way], faults.Way.cut, faults.Way.mend)
        name = {"slow": lambda: way.delay(SLOW_SECONDS), "half-open": way.swallow,
                "cut amid a frame": lambda: way.close_after(FRAME_BYTES)}[fault.kind]()
        return lambda: way.heal(name)

    @staticmethod
    def _each_way(ways, begin, end):
        for way in ways:
            begin(way)
        return lambda: [end(way) for way in ways]

    def _start_again(self, program):
        if program is self.guest:
            self.ledger.begin_anew(program.name)
        program.start()

    # What is watched meanwhile, each in a thread of its own.

    def _sample(self, first_line):
        while not self.over.wait(SAMPLE_SECONDS):
            for program in self.watched:
                self.samples[program.name].append(
                    {"at": round(time.monotonic() - first_line, 1), **growth.taken(program)})

    def _judge(self):
        while not self.over.wait(JUDGE_SECONDS):
            self._read_stores()
            self.ledger.judge(time.monotonic())

    def _read_stores(self):
        """What has come since the last time. A store that does not answer is asked again the next time."""
        for node in self.nodes:
            now = time.time()
            start = int((self._read_until.get(node.name, now) - OVERLAP_SECONDS) * 1e9)
            with contextlib.suppress(Refused, TimedOut):
                found = held(self.reader, node, TOPIC, self.content_topic, start)
                self.ledger.find_stored({key: payload.decode() for key, payload in found.items()}, time.monotonic())
                self._read_until[node.name] = now

    # The talk.

    def run(self):
        """The summary; `start` is to have been called."""
        lanes = planned_faults(random.Random(self.seed), self.seconds, self.nodes[0].name,
                               [node.name for node in self.nodes[1:]], self.guest.name)
        first_line = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(len(lanes) + 2) as threads:
            try:
                beside = [threads.submit(self._suffer, lane, first_line) for lane in lanes]
                beside += [threads.submit(self._sample, first_line), threads.submit(self._judge)]
                self._send(first_line, beside)
                for each in beside[:len(lanes)]:
                    each.result(PATIENCE_SECONDS)
                self.tell("all lines are written, and all faults are over")
                self.wait_until(lambda: all(each == 0 for each in self._unfinished()), VERDICT_SECONDS,
                                "lines are without a verdict")
                self.wait_until(lambda: not self.ledger.lost("receiver"), ARRIVAL_SECONDS, "lines are missing")
                time.sleep(LATE_SECONDS)
            finally:
                self.over.set()
            for each in beside:
                each.result(PATIENCE_SECONDS)
        self._read_stores()
        self.ledger.judge(time.monotonic(), all_of_it=True)
        after = {program.name: self._quiet(program, self.before[program.name]) for program in self.watched}
        return self._judged(after, [fault.kind for fault in self.suffered])

    def _send(self, first_line, beside):
        told = first_line
        for number in range(self.lines):
            time.sleep(max(0.0, first_line + number * self.seconds / self.lines - time.monotonic()))
            self.sender.write(text_of(number))
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                self.tell(self._progress(number + 1))
            for each in beside:
                if each.done():
                    each.result()  # What it failed with.
        self.tell(self._progress(self.lines))

    def _progress(self, written):
        """A line for who waits."""
        parts = [f"{written} of {self.lines} lines written", f"{self.ledger.received('receiver')} received",
                 f"{self.ledger.verdicts['confirmed']} confirmed", f"{self.ledger.wrong_count} wrong",
                 f"{len(self.suffered)} faults"]
        for program in self.watched:
            if self.samples[program.name]:
                last = self.samples[program.name][-1]
                parts.append(f"{program.name} {last['heap_kB']} + {last['host_heap_kB']} of {last['rss_kB']} kB, "
                             f"{last['descriptors']} descriptors, {last['all_streams']} streams")
        return ", ".join(parts[:5]) + "; " + "; ".join(parts[5:])

    def _unfinished(self):
        counts = self.sender.counts()
        return self.lines - self.ledger.published, counts["lines"], counts["pending"]

    # What became of it.

    def _judged(self, after, kinds):
        ledger = self.ledger
        grown = {program.name: growth.memory(self.samples[program.name], self.seconds) for program in self.watched}
        leaked = [sentence for program in self.watched for sentence in growth.leaks(
            program.name, self.before[program.name], after[program.name], grown[program.name], self.seconds)]
        lost = ledger.lost("receiver")
        quiet = {name: {key: {"start": self.before[name][key], "end": taken[key]}
                        for key in (*growth.COUNTED, "goroutines")} for name, taken in after.items()}
        return {
            "seconds": self.seconds,
            "messages": self.lines,
            "seed": self.seed,
            "verdicts": {kind: ledger.verdicts[kind] for kind in VERDICTS},
            "wrong_verdicts": ledger.wrong_count,
            "duplicates_shown": ledger.duplicates,
            "lost": len(lost),
            "sent_again": ledger.sent_again,
            "received": {"lines": ledger.received("receiver"), "by": dict(ledger.ways)},
            "faults": dict(sorted(collections.Counter(kinds).items())),
            "leaks": leaked,
            "memory_is_judged": growth.is_judged(self.seconds),
            "memory": grown,
            "quiet": quiet,
            "wrong": ledger.wrong + [f"the receiver lacks line {number}" for number in lost[:100]],
        }


def is_well(summary):
    return not (summary["wrong_verdicts"] or summary["duplicates_shown"] or summary["lost"] or summary["leaks"]) and \
        sum(summary["verdicts"].values()) == summary["messages"]


def print_tables(summary):
    print()
    for line in table(["lines", *summary["verdicts"], "sent again", "wrong", "lost", "shown twice"],
                      [[summary["messages"], *summary["verdicts"].values(), summary["sent_again"],
                        summary["wrong_verdicts"], summary["lost"], summary["duplicates_shown"]]]):
        print(line)
    print()
    for line in table(["fault", "times"], summary["faults"].items()):
        print(line)
    print()
    rows = [[f"{name} {key.removesuffix('_kB')}", told["after_warm_up"], told["at_the_end"], told["per_hour"],
             told["highest"]] for name, kinds in summary["memory"].items() for key, told in kinds.items()]
    for line in table(["kB", "after warm-up", "at the end", "slope in an hour", "highest"], rows):
        print(line)
    print()
    rows = [[f"{name} {key}", *told.values()] for name, counts in summary["quiet"].items()
            for key, told in counts.items()]
    for line in table(["at rest", "before", "after"], rows):
        print(line)
    for sentence in (*summary["leaks"], *summary["wrong"]):
        print(sentence)


def columns(samples):
    """The samples of a program, with the names once."""
    names = list(samples[0]) if samples else []
    return {"columns": names, "rows": [[each[name] for name in names] for each in samples]}


def text_of_json(value):
    """With lists of numbers and words on one line each."""
    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda found: "[" + re.sub(r"\s*\n\s*", " ", found[1]) + "]",
                  json.dumps(value, indent=1)) + "\n"


def arguments():
    parser = argparse.ArgumentParser(description="Sends messages over real nodes for long, amid faults, and tells "
                                                 "what is wrong, lost or leaked.")
    parser.add_argument("--seconds", type=float, default=3600.0, help="in which lines are sent (3600)")
    parser.add_argument("--rate", type=float, default=RATE, help="lines a second (10)")
    parser.add_argument("--seed", type=int, help="of the faults; none: another each time")
    parser.add_argument("--results", type=pathlib.Path, default=programs.PROJECT / "build" / "live",
                        help="the folder that gets soak.json, and soak with all that the programs said (build/live)")
    given = parser.parse_args()
    if given.seconds <= 0 or given.rate <= 0 or round(given.seconds * given.rate) < 1:
        parser.error("there is at least one line, and the time is longer than none")
    return given


def main():
    given = arguments()
    path = given.results / "soak.json"
    path.unlink(missing_ok=True)
    folder, seed = prepare(given.results, "soak", given.seed, "go_waku", "service_node", "light_client", "fault_proxy")
    with Soak(folder, given.seconds, given.rate, seed) as soak:
        soak.start()
        summary = soak.run()
        samples = {name: columns(rows) for name, rows in soak.samples.items()}
    print_tables(summary)
    path.write_text(text_of_json({**summary, "samples": samples}), encoding="utf-8")
    return finish(is_well(summary), path)


if __name__ == "__main__":
    programs.run(main)
