#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""`make traffic` on a small network: what libp2p, gossipsub and the kernel count fits together, and to what is sent."""

import json
import pathlib
import random
import sys
import unittest

import traffic
from live.case import LiveTest, main
from live.links import neighbours_of, random_regular
from live.process import Process
from live.programs import need

NODES = 4
RATE = 2
SECONDS = 10
MESSAGES = RATE * SECONDS
SIZE = 1_000
LIMIT_SECONDS = 600  # It waits for much itself, and says for what.
HERE = pathlib.Path(__file__).resolve().parent


class Traffic(LiveTest):

    def counted(self):
        need("go_waku")
        ran = self.started(Process(
            "traffic", [sys.executable, HERE / "traffic.py", "--nodes", NODES, "--degree", NODES - 1, "--rate", RATE,
                        "--size", SIZE, "--seconds", SECONDS, "--warm-up", 2, "--seed", 7, "--results", self.folder],
            self.folder))
        self.assertEqual(ran.wait(LIMIT_SECONDS), 0, ran.log.read_text())
        file, = self.folder.glob("*.json")
        return json.loads(file.read_text())

    def test_what_is_counted_inside_and_outside_of_the_nodes_fits_together_and_to_what_was_sent(self):
        told = self.counted()
        self.assertEqual((told["messages"]["published"], told["messages"]["lost"]), (MESSAGES, 0))
        self.assertEqual([node["lost"] for node in told["nodes"]], [0] * NODES)
        self.assertEqual(sum(node["messages"]["delivered"] for node in told["nodes"]), MESSAGES * (NODES - 1))
        # The payloads account for no more than what came by relay, that for no more than all streams, those for no
        # more than the sockets; and what libp2p adds below is little.
        payloads = MESSAGES * SIZE * (NODES - 1)
        relayed, streams, sockets = (sum(map(of, told["nodes"])) for of in (
            lambda node: node["streams"]["in"][traffic.RELAY], lambda node: sum(node["streams"]["in"].values()),
            lambda node: node["sockets"]["in"]))
        self.assertLessEqual(payloads, relayed)
        self.assertLess(relayed, streams)
        self.assertLess(streams, sockets)
        self.assertLess(sockets, 1.25 * streams)
        for node in told["nodes"]:
            with self.subTest(node["name"]):
                self.assertEqual(node["mesh_degree"], NODES - 1)
                # No copy is counted twice, and none that was not on the wire.
                self.assertEqual(node["rpcs"]["in"]["message"]["count"],
                                 node["messages"]["delivered"] + node["messages"]["duplicates"])
                for way in ("in", "out"):
                    self.close_to(node["rpcs"][way]["rpc"]["bytes"], node["streams"][way][traffic.RELAY])
        # What some sent others have received.
        for what in ("sockets", "streams"):
            ins, outs = (sum(self.summed(node[what][way]) for node in told["nodes"]) for way in ("in", "out"))
            self.close_to(ins, outs)
        # Another degree than nwaku's.
        self.assertEqual([told["gossipsub"][name] for name in ("D", "Dlo", "Dhi", "Dlazy")], [4, 4, 8, 4])
        self.assertEqual(told["versions"]["github.com/waku-org/go-waku"], "v0.10.0")

    @staticmethod
    def summed(counts):
        return sum(counts.values()) if isinstance(counts, dict) else counts

    def close_to(self, left, right):
        """But for what was under way when it was counted."""
        self.assertLess(abs(left - right), 0.05 * max(left, right), (left, right))


class Links(unittest.TestCase):

    def test_each_node_has_so_many_neighbours_and_all_are_connected(self):
        for seed in range(20):
            for count, degree in ((24, 10), (12, 10), (24, 23), (4, 3), (7, 2), (10, 5)):
                links = random_regular(random.Random(seed), count, degree)
                self.assertEqual(len({frozenset(link) for link in links}), count * degree // 2, seed)
                neighbours = neighbours_of(count, links)
                self.assertEqual({len(set(each) - {node}) for node, each in enumerate(neighbours)}, {degree}, seed)
                reached = {0}
                for _ in range(count):
                    reached |= {other for node in reached for other in neighbours[node]}
                self.assertEqual(len(reached), count, seed)

    def test_they_are_those_of_the_seed(self):
        def made(seed):
            return random_regular(random.Random(seed), 24, 10)
        self.assertEqual(made(7), made(7))
        self.assertNotEqual(made(7), made(8))

    def test_what_cannot_be_is_refused(self):
        for count, degree in ((4, 4), (5, 3), (4, 1)):
            with self.assertRaises(ValueError):
                random_regular(random.Random(0), count, degree)


class Counts(unittest.TestCase):

    def test_what_is_new_begins_at_nothing(self):
        self.assertEqual(traffic.difference({"a": {"x": 5, "y": 2}, "b": 3}, {"a": {"x": 1}}),
                         {"a": {"x": 4, "y": 2}, "b": 3})

    def test_the_sum_is_of_each_count(self):
        self.assertEqual(traffic.total([{"a": {"x": 1}}, {"a": {"x": 2, "y": 3}}]), {"a": {"x": 3, "y": 3}})

    def test_percentiles_are_values_that_were_there(self):
        self.assertEqual(traffic.percentiles(range(100, 0, -1)), {"p50": 50, "p95": 95, "p99": 99, "most": 100})
        self.assertEqual(traffic.percentiles([7]), {"p50": 7, "p95": 7, "p99": 7, "most": 7})

    def test_hops_are_those_of_the_first_copies(self):
        self.assertEqual(traffic.hops_of(1, {2: 1, 3: 2, 4: 3, 5: 1}), {2: 1, 3: 2, 4: 3, 5: 1})

    def test_a_node_to_which_no_way_leads_is_left_out(self):
        self.assertEqual(traffic.hops_of(1, {2: 1, 3: 4}), {2: 1})

    def test_a_file_has_a_line_for_each_node(self):
        told = {"plan": {"nodes": 2}, "nodes": [{"name": "a"}, {"name": "b"}], "series": []}
        self.assertEqual(json.loads(traffic.file_text(told)), told)
        self.assertIn('\n{"name": "b"}\n', traffic.file_text(told))


if __name__ == "__main__":
    main()
