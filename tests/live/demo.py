#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What `make live-demo` runs: a text is sent, line by line, over a network of two go-waku relay nodes and four service
nodes, of which some are killed and stopped meanwhile. At the end each receiver's lines are compared with the text, each
verdict with what the stores hold, as a go-waku client reads them, and each hash that go-waku and js-waku computed with
the sender's."""

import argparse
import concurrent.futures
import dataclasses
import itertools
import json
import pathlib
import random
import sys
import time

from live import faults, programs
from live.hashes import by_words, ledger
from live.judgement import VERDICTS, missing, shown_too_often, wrong_verdicts
from live.message import shard_topic
from live.network import Network
from live.own_programs import CLUSTER, LightClient, ServiceNode
from live.process import PATIENCE_SECONDS
from live.run import Run, finish, prepare
from live.stores import held
from live.table import table

GO_WAKU_NODES = 2
SERVICE_NODES = 4
LINES = 300
SHARD = 0
TOPIC = shard_topic(SHARD, CLUSTER)

# Of the time in which the lines are sent.
DEAD_SHARE = 1 / 12
STOPPED_SHARE = 1 / 3

# A verdict comes a minute after the line at the latest; what a receiver has missed is found by an audit, of which there
# is at least one in four minutes.
VERDICT_SECONDS = 120.0
ARRIVAL_SECONDS = 300.0
LATE_SECONDS = 3.0  # For what is shown twice.


def planned_faults(chance, seconds, go_waku_nodes, service_nodes):
    """One node of each kind is killed, and another service node is stopped; all are back before the last line. So there
    are never more than two service nodes down."""
    killed, stopped = chance.sample(service_nodes, 2)
    dead, still = DEAD_SHARE * seconds, STOPPED_SHARE * seconds
    made = []
    for kind, node, lasts in (("killed", chance.choice(go_waku_nodes), dead), ("killed", killed, dead),
                              ("stopped", stopped, still)):
        at = round(chance.uniform(0.1 * seconds, 0.9 * seconds - lasts), 3)
        made.append(faults.Fault(kind, node, at, round(lasts, 3)))
    return sorted(made, key=lambda fault: fault.at)


def lines_of(data):
    """As the client reads them: it skips empty ones."""
    return [line for line in (line.removesuffix("\r") for line in data.decode().split("\n")) if line]


def own_text():
    """The first lines of the project's guide."""
    files = sorted((programs.PROJECT / "docs" / "guide").glob("*.md"))
    return [line for file in files for line in lines_of(file.read_bytes())][:LINES]


@dataclasses.dataclass
class Arrived:
    """At a receiver: by which ways lines came, and which did not, or were shown too often."""
    name: str
    ways: list
    missing: list
    twice: list

    def row(self):
        return {"receiver": self.name, "lines": len(self.ways), "missing": len(self.missing),
                "shown_twice": len(self.twice), "by_filter": self.ways.count("filter"),
                "from_stores": self.ways.count("store")}


class Demo(Run):

    go_waku_count = GO_WAKU_NODES
    service_count = SERVICE_NODES

    def __init__(self, folder, lines, seconds, receivers, seed):
        super().__init__(folder, seed)
        self.lines = lines
        self.seconds = seconds
        self.receiver_count = receivers

    # The network.

    def start(self):
        self.network = self.ends.enter_context(Network(self.folder))
        self.go_waku_nodes = [self._go_waku_node(f"go-waku-{number}") for number in range(1, self.go_waku_count + 1)]
        self.service_nodes = [
            self.started(ServiceNode(f"service-{number}", self.folder, *self.go_waku_nodes,
                                     extra=["--shards", SHARD]))
            for number in range(1, self.service_count + 1)]
        self._connect_go_waku()
        self.network.wait_until_grafted(TOPIC, self.go_waku_nodes, self.go_waku_count + self.service_count - 1)
        self.receivers = [self._client(f"receiver-{number}") for number in range(1, self.receiver_count + 1)]
        self.sender = self._client("sender")
        self._js_waku()
        for client in (*self.receivers, self.sender):
            self._wait_until_ready(client)
        self.tell(f"{self.go_waku_count} go-waku relay nodes, {self.service_count} service nodes, a sender and "
                  f"{self.receiver_count} receivers are connected")

    def _go_waku_node(self, name, **settings):
        return self.network.add(name, "go_waku", serve=["relay"], cluster=CLUSTER, shards=[SHARD], **settings)

    def _client(self, name):
        return self.started(LightClient(name, self.folder, *self.service_nodes, extra=["--shards", SHARD]))

    def _js_waku(self):
        """A receiver more at each service node, which computes hashes as js-waku does. It looks after none of its
        subscriptions, so its lines are not counted."""
        path, why = programs.find("js")
        if path is None:
            print(f"without js-waku: {why}", flush=True)
            return
        client = self.network.add("js-waku", "js", cluster=CLUSTER, shards=[SHARD])
        for node in self.service_nodes:
            client.ask("dial", address=node.address)
            client.ask("filter_subscribe", peer=node.peer, pubsub_topic=TOPIC,
                       content_topics=[self.sender.started["content_topic"]])

    def _wait_until_ready(self, client):
        client.wait_until_connected(self.service_count)
        client.wait_until_subscribed(2)

    def _connect_go_waku(self):
        """Service nodes dial theirs by themselves."""
        for one, other in itertools.combinations(self.go_waku_nodes, 2):
            self.network.connect(one, other)

    # Faults.

    def _planned(self):
        return planned_faults(random.Random(self.seed), self.seconds, [node.name for node in self.go_waku_nodes],
                              [node.name for node in self.service_nodes])

    def _suffer(self, fault, first_line):
        """In a thread of its own."""
        node = next(node for node in (*self.go_waku_nodes, *self.service_nodes) if node.name == fault.node)
        if self.over.wait(first_line + fault.at - time.monotonic()):
            return
        if fault.kind == "stopped":
            faults.pause(node)
        else:
            node.kill()
        how = "SIGSTOP" if fault.kind == "stopped" else "kill -9"
        self.tell(f"{node.name} is {fault.kind} ({how}) for {fault.seconds:g} s")
        if self.over.wait(fault.seconds):
            return
        if fault.kind == "stopped":
            faults.resume(node)
            self.tell(f"{node.name} goes on")
            return
        node.start()
        if node in self.go_waku_nodes:
            self._connect_go_waku()
        self.tell(f"{node.name} is started again")

    # The text.

    def run(self):
        """The summary; `start` is to have been called."""
        planned = self._planned()
        first_line = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(len(planned)) as threads:
            try:
                suffered = [threads.submit(self._suffer, fault, first_line) for fault in planned]
                self._send(first_line)
                for each in suffered:
                    each.result(PATIENCE_SECONDS)
            finally:
                self.over.set()
        self.sender.close_input()
        self.sender.summary(VERDICT_SECONDS)
        self.tell("each line has its verdict")
        self._wait_for_arrival()
        return self._judged(planned)

    def _send(self, first_line):
        step = self.seconds / len(self.lines)
        told = first_line
        for number, line in enumerate(self.lines):
            time.sleep(max(0.0, first_line + number * step - time.monotonic()))
            self.sender.write(line)
            if time.monotonic() - told >= self.seconds / 6:
                told = time.monotonic()
                self.tell(self._progress(number + 1))
        self.tell(self._progress(len(self.lines)))

    def _progress(self, sent):
        shown = ", ".join(f"{receiver.name} has {len(receiver.all('received'))}" for receiver in self.receivers)
        confirmed = sum(verdict["verdict"] == "confirmed" for verdict in self.sender.all("verdict"))
        return f"{sent} of {len(self.lines)} lines are sent, {confirmed} are confirmed; {shown}"

    def _wait_for_arrival(self):
        if self.wait_until(lambda: not any(missing(self.lines, self._shown(each)) for each in self.receivers),
                           ARRIVAL_SECONDS, "lines are missing"):
            self.tell("each receiver has each line")
            time.sleep(LATE_SECONDS)

    @staticmethod
    def _shown(receiver):
        return [event["text"] for event in receiver.all("received")]

    # What became of it.

    def _stored(self):
        """The texts of each store by their hashes."""
        reader = self.network.add("reader", "go_waku", cluster=CLUSTER, shards=[SHARD])
        return {node.name: {key: payload.decode() for key, payload in held(
            reader, node, TOPIC, self.sender.started["content_topic"]).items()} for node in self.service_nodes}

    def _arrived(self, receiver):
        texts = self._shown(receiver)
        return Arrived(receiver.name, [event["by"] for event in receiver.all("received")], missing(self.lines, texts),
                       shown_too_often(self.lines, texts))

    def _wrong_verdicts(self, stores):
        return wrong_verdicts({event["id"]: event["text"] for event in self.sender.all("published")},
                              self.sender.all("verdict"),
                              {key: text for store in stores.values() for key, text in store.items()},
                              {event["hash"] for receiver in self.receivers for event in receiver.all("received")})

    def _judged(self, planned):
        stores = self._stored()
        arrived = [self._arrived(receiver) for receiver in self.receivers]
        verdicts = self.sender.all("verdict")
        wrong = self._wrong_verdicts(stores)
        differing = ledger.differing()
        hashed = by_words(ledger.compared)
        summary = {
            "lines": len(self.lines),
            "receivers": len(self.receivers),
            "complete": not any(each.missing for each in arrived),
            "duplicates_shown": sum(len(each.twice) for each in arrived),
            "wrong_verdicts": len(wrong),
            "faults": [dataclasses.asdict(fault) for fault in planned],
            "verdicts": {kind: sum(verdict["verdict"] == kind for verdict in verdicts) for kind in VERDICTS},
            "sent_again": sum(verdict.get("transmissions", 1) > 1 for verdict in verdicts),
            "by_receiver": [each.row() for each in arrived],
            "by_store": [{"store": name, "lines": len(store), "down": down_of(name, planned)}
                         for name, store in stores.items()],
            "from_stores": sum(each.ways.count("store") for each in arrived),
            "hashes_compared": sum(hashed.values()),
            "hashes_differing": len(differing),
            "hashes_by": hashed,
            "seconds": self.seconds,
            "seed": self.seed,
        }
        print_tables(summary)
        for sentence in (*wrong, *differing):
            print(sentence)
        for each in arrived:
            for text in each.missing:
                print(f"{each.name} lacks: {text}")
        return summary


def down_of(node, planned):
    """How long it was away, in words."""
    return ", ".join(f"{fault.kind} for {fault.seconds:g} s" for fault in planned if fault.node == node)


def print_tables(summary):
    """A store lacks lines that came while its node was down; others have them."""
    verdicts = {"lines": summary["lines"], **summary["verdicts"], "sent_again": summary["sent_again"],
                "wrong_verdicts": summary["wrong_verdicts"]}
    hashes = [{"hashes computed by": words, "of messages": count} for words, count in summary["hashes_by"].items()]
    for rows in filter(None, (summary["by_receiver"], summary["by_store"], [verdicts], hashes)):
        print()
        for line in table([name.replace("_", " ") for name in rows[0]], [row.values() for row in rows]):
            print(line)
    print(f"{summary['hashes_differing']} of these hashes differ from the sender's")


def is_well(summary):
    return summary["complete"] and not any(
        summary[key] for key in ("duplicates_shown", "wrong_verdicts", "hashes_differing"))


def arguments():
    parser = argparse.ArgumentParser(
        description="Sends a text over real nodes, some of which fail, and tells what became of it.")
    parser.add_argument("input", nargs="?", help="the text, - for the standard input; none: from the project's guide")
    parser.add_argument("--seconds", type=float, default=60.0, help="in which the lines are sent (60)")
    parser.add_argument("--receivers", type=int, default=2, help="(2)")
    parser.add_argument("--seed", type=int, help="of the faults' times and nodes; none: another each time")
    parser.add_argument("--results", type=pathlib.Path, default=programs.PROJECT / "build" / "live",
                        help="the folder that gets summary.json, and demo with all that the programs said (build/live)")
    given = parser.parse_args()
    if given.seconds <= 0 or given.receivers < 1:
        parser.error("there is at least one receiver, and the time is longer than none")
    return given


def text_of(given):
    if given.input is None:
        return own_text()
    data = sys.stdin.buffer.read() if given.input == "-" else pathlib.Path(given.input).read_bytes()
    return lines_of(data)


def main():
    given = arguments()
    try:
        lines = text_of(given)
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"{given.input} is to be a text in UTF-8: {error}")
    if not lines:
        sys.exit(f"{given.input} has no line with anything in it")
    path = given.results / "summary.json"
    path.unlink(missing_ok=True)
    folder, seed = prepare(given.results, "demo", given.seed, "go_waku", "service_node", "light_client")
    print("the first lines of the project's guide are sent" if given.input is None else f"{len(lines)} lines are sent")
    with Demo(folder, lines, given.seconds, given.receivers, seed) as demo:
        demo.start()
        summary = demo.run()
    path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return finish(is_well(summary), path)


if __name__ == "__main__":
    programs.run(main)
