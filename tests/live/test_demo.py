#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The demo of `make live-demo`, shorter, and what it takes for wrong."""

import json
import pathlib
import random
import sys
import unittest

import demo
from live.case import LiveTest, main
from live.judgement import missing, shown_too_often, wrong_verdicts
from live.process import Process
from live.programs import find, need

LINES = 30
SECONDS = 10
LIMIT_SECONDS = 600  # It waits for much itself, and says for what.
HERE = pathlib.Path(__file__).resolve().parent


class Demo(LiveTest):

    def test_all_lines_reach_all_receivers_once_and_all_verdicts_are_true_amid_faults(self):
        need("go_waku", "service_node", "light_client")
        text = self.folder / "text"
        text.write_text("".join(f"line {number} äöü €\n" for number in range(LINES)) + "\nthe same\r\nthe same")
        ran = self.started(Process("demo", [sys.executable, HERE / "demo.py", text, "--seconds", SECONDS, "--results",
                                            self.folder], self.folder))
        self.assertEqual(ran.wait(LIMIT_SECONDS), 0, ran.log.read_text())
        self.look_for_defects(self.folder / "demo")
        summary = json.loads((self.folder / "summary.json").read_text())
        self.assertEqual({key: summary[key] for key in ("lines", "receivers", "complete", "duplicates_shown",
                                                        "wrong_verdicts")},
                         {"lines": LINES + 2, "receivers": 2, "complete": True, "duplicates_shown": 0,
                          "wrong_verdicts": 0})
        self.assertEqual(summary["hashes_differing"], 0)
        self.assertEqual(sum(summary["hashes_by"].values()), summary["hashes_compared"])
        for words in ("go-waku", *(["js-waku"] if find("js")[0] else [])):
            self.assertGreaterEqual(summary["hashes_by"][words], LINES + 2)
        self.assertEqual(sorted(fault["kind"] for fault in summary["faults"]), ["killed", "killed", "stopped"])
        self.assertEqual(sum(summary["verdicts"].values()), LINES + 2)
        for row in summary["by_receiver"]:
            self.assertEqual((row["lines"], row["missing"], row["shown_twice"]), (LINES + 2, 0, 0))
            self.assertEqual(row["by_filter"] + row["from_stores"], LINES + 2)
        self.assertEqual(sum(row["down"] != "" for row in summary["by_store"]), 2)
        self.assertIn("All is well", ran.log.read_text())


class Faults(unittest.TestCase):
    """Of the demo."""

    def test_one_node_of_each_kind_is_killed_another_stopped_and_all_come_back_in_time(self):
        for seed in range(200):
            planned = demo.planned_faults(random.Random(seed), 60, ["a", "b"], ["c", "d", "e", "f"])
            self.assertEqual(sorted(fault.kind for fault in planned), ["killed", "killed", "stopped"])
            self.assertEqual(len({fault.node for fault in planned}), 3)
            self.assertEqual(sum(fault.node in "ab" for fault in planned), 1)
            for fault in planned:
                self.assertEqual(fault.seconds, 20 if fault.kind == "stopped" else 5)
                self.assertTrue(6 <= fault.at <= 54 - fault.seconds, fault)

    def test_they_are_those_of_the_seed(self):
        def planned(seed):
            return demo.planned_faults(random.Random(seed), 60, ["a", "b"], ["c", "d", "e", "f"])
        self.assertEqual(planned(7), planned(7))
        self.assertNotEqual(planned(7), planned(8))


class Judgement(unittest.TestCase):
    """What is wrong must be found."""

    def test_missing_lines_and_those_shown_twice_are_counted_as_often_as_they_are(self):
        sent = ["a", "b", "b"]
        self.assertEqual((missing(sent, ["b", "a", "b"]), shown_too_often(sent, ["b", "a", "b"])), ([], []))
        self.assertEqual((missing(sent, ["b"]), shown_too_often(sent, ["b"])), (["a", "b"], []))
        self.assertEqual((missing(sent, ["a", "a", "a", "b", "c"]), shown_too_often(sent, ["a", "a", "a", "b", "c"])),
                         (["b"], ["a", "a", "c"]))

    def judged(self, *verdicts, stored=None, received=()):
        return wrong_verdicts({1: "text"}, verdicts, stored or {}, set(received))

    def test_a_line_has_one_verdict(self):
        known = {"id": 1, "verdict": "unconfirmed", "hash": "0x01"}
        self.assertEqual(self.judged(known), [])
        self.assertEqual(self.judged(), ["line 1 has 0 verdicts"])
        self.assertEqual(self.judged(known, known), ["line 1 has 2 verdicts"])
        self.assertEqual(self.judged(known, {**known, "id": 2}), ["line 2 has 1 verdicts"])

    def test_what_is_confirmed_is_in_a_store_with_its_text(self):
        confirmed = {"id": 1, "verdict": "confirmed", "hash": "0x01"}
        self.assertEqual(self.judged(confirmed, stored={"0x01": "text"}), [])
        self.assertEqual(len(self.judged(confirmed, stored={"0x02": "text"})), 1)
        self.assertEqual(len(self.judged(confirmed, stored={"0x01": "another"})), 1)

    def test_what_failed_is_nowhere(self):
        failed = {"id": 1, "verdict": "failed", "hash": "0x01"}
        self.assertEqual(self.judged(failed, stored={"0x02": "text"}), [])
        self.assertEqual(len(self.judged(failed, stored={"0x01": "text"})), 1)
        self.assertEqual(len(self.judged(failed, received=["0x01"])), 1)
        self.assertEqual(self.judged({"id": 1, "verdict": "failed"}), [])


class Well(unittest.TestCase):

    def test_all_is_well_only_where_nothing_is_missing_twice_or_wrong(self):
        well = {"complete": True, "duplicates_shown": 0, "wrong_verdicts": 0, "hashes_differing": 0}
        self.assertTrue(demo.is_well(well))
        for key in well:
            self.assertFalse(demo.is_well({**well, key: not well[key]}), key)


class Text(unittest.TestCase):

    def test_lines_are_those_that_the_client_reads(self):
        self.assertEqual(demo.lines_of("a\r\n\n b \nc\x0cd\nä".encode()), ["a", " b ", "c\x0cd", "ä"])

    def test_the_project_has_as_many_lines_of_its_own_as_are_sent(self):
        self.assertEqual(len(demo.own_text()), demo.LINES)


if __name__ == "__main__":
    main()
