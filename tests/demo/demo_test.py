#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The demo as its users run it: demo_test.py PROGRAM. WAKU_SEEDS=N looks at the combined row of N seeds."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DEMO = ""
STRATEGIES = ["none", "L1", "L2", "L3", "L4", "S1", "S2", "S3", "F1", "F2", "F3", "F4", "all"]
FAULTS = {"hop_loss", "link_loss", "link_reset", "node_offline", "subscription_lost", "client_offline", "churn",
          "partition", "full_store", "wiped_store", "rate_limit", "slow_node", "pushed_not_relayed",
          "absent_though_stored", "wrong_body", "unasked_push", "clock_skew", "clock_step"}
POLICIES = {"quarantine_pool", "redundant", "exponential_backoff", "store_audit", "periodic_audit",
            "pinged_subscription"}
ROW = {"strategy", "reached_network", "delivered", "wrong_verdicts", "gave_up", "duplicates_shown", "requests",
       "bytes", "p50_ms", "p99_ms"}


def run(*arguments, text=None):
    return subprocess.run([DEMO, *arguments], input=text, capture_output=True, timeout=600)


def numbers(*arguments, text=None):
    ended = run("--json", *arguments, text=text)
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


class Demo(unittest.TestCase):
    def accept(self, nodes, seed):
        """What must be so whatever the service nodes run. Gives the row with all strategies, its bytes a delivery
        relative to none, and how often each fault struck and each policy acted."""
        world = ("--nodes", nodes, "--seed", str(seed))
        none = numbers("--strategy", "none", *world)["rows"][0]
        told = numbers("--strategy", "all", *world)
        row = told["rows"][0]
        self.assertEqual(set(row), ROW)
        self.assertEqual((told["seed"], told["messages"]), (seed, 300))
        self.assertIs(told["complete"], True)
        self.assertEqual(row["wrong_verdicts"], 0)
        self.assertLessEqual(row["gave_up"], 15)  # of 300: at least 95 % are confirmed
        self.assertLess(none["delivered"], 0.9)
        fired = told["fired"]
        struck = {name for name, count in fired.items() if count > 0}
        self.assertEqual(FAULTS - struck, set(), "faults that never struck")
        self.assertEqual(POLICIES - struck, set(), "policies that never acted")
        return row, row["bytes"] / row["delivered"] / (none["bytes"] / none["delivered"]), fired

    def test_all_strategies_together_lose_and_repeat_nothing(self):
        for seed in range(1, 1 + int(os.environ.get("WAKU_SEEDS", "2"))):
            with self.subTest(seed=seed):
                row, cost, _ = self.accept("mixed", seed)
                self.assertEqual(row["duplicates_shown"], 0)
                self.assertLessEqual(cost, 3.0)

    def test_they_do_so_among_nodes_that_all_run_nwaku(self):
        for seed in range(1, 1 + int(os.environ.get("WAKU_SEEDS", "1"))):
            with self.subTest(seed=seed):
                row, cost, _ = self.accept("nwaku", seed)
                self.assertEqual(row["duplicates_shown"], 0)
                self.assertLessEqual(cost, 3.0)

    def test_among_nodes_that_all_run_go_waku_they_lose_nothing_but_the_legacy_store_forges_and_costs(self):
        # It lists bodies without hashes: what a lying one forges cannot be told from a message, so it is shown, and
        # each listing carries all bodies of its range.
        for seed in range(1, 1 + int(os.environ.get("WAKU_SEEDS", "1"))):
            with self.subTest(seed=seed):
                row, cost, fired = self.accept("go-waku", seed)
                self.assertLess(row["duplicates_shown"], fired["wrong_body"])
                self.assertLessEqual(cost, 8.0)

    def test_each_strategy_alone_does_what_stores_of_each_software_allow(self):
        few = ("--receivers", "5", "--nodes")
        nwaku, go_waku = ({row["strategy"]: row for row in numbers(*few, nodes)["rows"]} for nodes in
                          ("nwaku", "go-waku"))
        self.assertEqual((list(nwaku), list(go_waku)), (STRATEGIES, STRATEGIES))
        for name in STRATEGIES:
            self.assertEqual((nwaku[name]["wrong_verdicts"], nwaku[name]["duplicates_shown"]), (0, 0), name)
            self.assertEqual(go_waku[name]["wrong_verdicts"], 0, name)
            if name not in ("S2", "S3", "F4", "all"):  # which ask for listings
                self.assertEqual(go_waku[name]["duplicates_shown"], 0, name)
        for rows in (nwaku, go_waku):
            for better in ("L2", "L3", "L4", "S3", "all"):
                self.assertGreater(rows[better]["reached_network"], rows["none"]["reached_network"], better)
            for better in ("F2", "F3", "F4", "S2", "S3", "all"):
                self.assertGreater(rows[better]["delivered"], rows["none"]["delivered"], better)
            self.assertLess(rows["S3"]["gave_up"], 30)  # of 300
        self.assertLess(nwaku["S1"]["gave_up"], 30)
        self.assertEqual(go_waku["S1"]["gave_up"], 300)  # the legacy store is not asked by hash

    def test_without_the_option_nodes_are_mixed_and_the_table_names_what_all_run(self):
        few = ("--receivers", "2", "--faults", "none", "--strategy", "all", "-")
        usual, mixed, nwaku, go_waku = (run(*few, *nodes, text=b"hello").stdout.decode() for nodes in (
            (), ("--nodes", "mixed"), ("--nodes", "nwaku"), ("--nodes=go-waku",)))
        self.assertEqual(usual, mixed)
        self.assertIn(" 10 service nodes ", usual)
        self.assertIn(" 10 nwaku service nodes ", nwaku)
        self.assertIn(" 10 go-waku service nodes ", go_waku)

    def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(self):
        few = ("--receivers", "3", "--strategy", "all")
        first, again, other = (run(*few, "--seed", seed).stdout for seed in ("5", "5", "6"))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_every_strategy_has_a_row(self):
        text = b"one\ntwo\n"
        told = numbers("--receivers", "1", "--faults", "none", "-", text=text)
        self.assertEqual([row["strategy"] for row in told["rows"]], STRATEGIES)
        self.assertEqual(told["messages"], 2)

    def test_lines_of_any_bytes_come_out_as_they_went_in(self):
        text = "equal\nequal\n\nümlaut\n".encode() + b"\xff\xfe\x00\nlast without an end"
        for name in ("-", "file"):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "lines.txt"
                path.write_bytes(text)
                told = numbers("--receivers", "2", "--faults", "none", "--strategy", "all",
                               "-" if name == "-" else str(path), text=text if name == "-" else None)
            self.assertEqual(told["messages"], 6)
            self.assertIs(told["complete"], True)
            self.assertEqual(told["rows"][0]["delivered"], 1.0)

    def test_a_line_over_the_cap_is_named_with_its_size_and_the_rest_goes_on(self):
        text = b"first\n" + b"x" * 200_000 + b"\nthird\n"
        ended = run("--json", "--receivers", "2", "--faults", "none", "--strategy", "all", "-", text=text)
        self.assertEqual(ended.returncode, 0)
        said = ended.stderr.decode()
        self.assertIn("line 2", said)
        self.assertIn("200000 bytes", said)
        told = json.loads(ended.stdout)
        self.assertEqual(told["messages"], 2)
        self.assertIs(told["complete"], True)
        (left_out,) = told["too_long"]
        self.assertEqual((left_out["line"], left_out["bytes"]), (2, 200_000))
        self.assertGreater(left_out["message_bytes"], left_out["message_bytes_max"])

    def test_the_summary_says_which_lines_did_not_get_in_and_why(self):
        text = b"x" * 200_000 + b"\nsecond\n" + b"y" * 160_000
        said = run("--receivers", "2", "--faults", "none", "--strategy", "all", "-", text=text).stdout.decode()
        self.assertIn("1 line from one sender to 2 receivers", said)
        self.assertIn("all: 1 of 3 lines got into the network.", said)
        self.assertIn("at most 153600 bytes: lines 1, 3\n", said)
        alone = run("--strategy", "none").stdout.decode()
        self.assertRegex(alone, "lost on the way[^:]*: lines [0-9]+")
        self.assertNotIn("153600", alone)

    def test_any_file_is_lines(self):
        for text, lines in ((b"one\r\ntwo\r\n", 2), (b"a\0b\n\0\0\nc", 3), (b"\n\n", 2), (b"\n", 1),
                            (bytes(range(256)) * 40, 41)):
            for receivers in ("1", "7"):
                told = numbers("--receivers", receivers, "--faults", "none", "--strategy", "all", "-", text=text)
                self.assertEqual(told["messages"], lines)
                self.assertIs(told["complete"], True)
                self.assertEqual(told["rows"][0]["delivered"], 1.0)
                self.assertNotIn("too_long", told)

    def test_one_receiver_and_many(self):
        for receivers in ("1", "200"):
            told = numbers("--receivers", receivers, "--strategy", "all")
            self.assertIs(told["complete"], True)
            self.assertEqual((told["rows"][0]["wrong_verdicts"], told["rows"][0]["duplicates_shown"]), (0, 0))
        said = run("--receivers", "1", "--strategy", "all", "--faults", "none", "-", text=b"hello").stdout.decode()
        self.assertIn("1 line from one sender to 1 receiver,", said)
        self.assertIn("all: 1 of 1 line got into the network.", said)

    def test_nothing_to_send_is_refused(self):
        for text, why in ((b"", "empty"), (b"x" * 200_000, "too long")):
            ended = run("--strategy", "all", "-", text=text)
            self.assertEqual((ended.returncode, ended.stdout), (2, b""))
            self.assertIn(why, ended.stderr.decode().splitlines()[-1])

    def test_wrong_input_is_named_in_one_line(self):
        for arguments, words in ((["--seed", "x"], "--seed"), (["--seed", "-1"], "-1"), (["--seed="], "--seed"),
                                 (["--seed", "18446744073709551616"], "18446744073709551615"),
                                 (["--seed"], "--seed"), (["--receivers", "0"], "--receivers"),
                                 (["--receivers", "100000"], "1 to 1000"), (["--receivers", "1.5"], "1.5"),
                                 (["--faults", "wild"], "wild"), (["--nodes", "rust"], "rust"),
                                 (["--strategy", "L9"], "L9"),
                                 (["--strategy", ""], "--strategy"), (["--json=1"], "--json"),
                                 (["--sed", "1"], "--sed"), (["-", "more"], "more"),
                                 (["/no/such/file"], "/no/such/file"), (["--", "--json"], "--json"), ([""], '""'),
                                 (["/proc/self/mem"], "/proc/self/mem"),
                                 ([tempfile.gettempdir()], tempfile.gettempdir())):
            ended = run(*arguments)
            self.assertEqual(ended.returncode, 2, arguments)
            said = ended.stderr.decode()
            self.assertIn(words, said)
            self.assertEqual(said.count("\n"), 1, said)
            self.assertEqual(ended.stdout, b"")

    def test_output_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([DEMO, "--strategy", "none", "-"], input=b"hello", stdout=full,
                                   stderr=subprocess.PIPE, timeout=600)
        self.assertEqual(ended.returncode, 1)
        self.assertIn(b"cannot be written", ended.stderr)

    def test_help_names_every_option_and_the_table_means_what_help_says(self):
        said = run("--help").stdout.decode()
        for option in ("--seed", "--json", "--receivers", "--faults", "--nodes", "--strategy", "--help"):
            self.assertIn(option, said)
        few = ("--receivers", "1", "--faults", "none", "-")
        table = run(*few, text=b"hello").stdout.decode()
        legend = said[said.index("Columns:"):]
        self.assertIn(legend, table)
        for name in STRATEGIES:
            self.assertRegex(legend, rf"  {name} +[a-zS]")
        for column in ("reached the network", "delivered", "wrong verdicts", "given up", "shown twice", "requests",
                       "bytes per delivery", "delivery time"):
            self.assertIn(f"  {column}", legend)
        self.assertNotIn("  L2 ", run("--strategy", "L1", *few, text=b"hello").stdout.decode())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: demo_test.py PROGRAM")
    DEMO = sys.argv.pop(1)
    unittest.main()
