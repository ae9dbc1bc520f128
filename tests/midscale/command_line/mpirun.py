#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Sweeps that mpirun spreads over processes leave what one process leaves, also when one of them is killed.

    mpirun.py MIDSCALE MPIRUN
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

MIDSCALE, MPIRUN = sys.argv[1:3]
RANKS = 3
RUNS = 12
# A run takes a tenth of a second or more, so that one can be killed.
SWEEP = ["relay-bandwidth", "--nodes", "200", "--set", "duration=60", "--set", "warm_up=20", "--set", "discv5=false",
         "--sweep", "rate=5,8", "--sweep", "churn=0,0.2", "--repeat", "3"]


def alone(folder):
    return [MIDSCALE, "sweep", *SWEEP, "--out", str(folder)]


def spread(folder, *options):
    return [MPIRUN, "--allow-run-as-root", "--oversubscribe", *options, "-n", str(RANKS), *alone(folder)]


def summaries(folder):
    """The bytes of each run's summary, and of all of them together."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("summar*.json"))}


def times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("summary.json")}


def rank_of(process, number):
    """The process id of a rank that mpirun has started, or nothing."""
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            environment = (path / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == process.pid and f"OMPI_COMM_WORLD_RANK={number}".encode() in environment:
            return int(path.name)
    return None


class Spread(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        subprocess.run(alone(cls.folder / "alone"), check=True, capture_output=True)
        cls.expected = summaries(cls.folder / "alone")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def kill_one(self, folder, *options):
        """Starts a sweep and kills a rank when two runs are finished; gives what was told, and what was finished."""
        process = subprocess.Popen(spread(folder, *options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True)
        while process.poll() is None and (len(times(folder)) < 2 or rank_of(process, 1) is None):
            time.sleep(0.005)
        self.assertIsNone(process.poll(), "the sweep ended before a rank could be killed")
        os.kill(rank_of(process, 1), signal.SIGKILL)
        told, _ = process.communicate()
        return told, times(folder)

    def resume(self, folder, finished):
        subprocess.run(spread(folder), check=True, capture_output=True)
        after = times(folder)
        self.assertEqual({path: after[path] for path in finished}, finished, "a finished run was made again")
        self.assertEqual(summaries(folder), self.expected)

    def test_what_ranks_leave_is_what_one_process_leaves(self):
        self.assertEqual(len(self.expected), RUNS + 1)
        ended = subprocess.run(spread(self.folder / "spread"), capture_output=True, text=True)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(summaries(self.folder / "spread"), self.expected)

    def test_a_rank_that_dies_costs_the_run_that_it_made(self):
        folder = self.folder / "recovering"
        told, finished = self.kill_one(folder, "--enable-recovery")
        self.assertGreaterEqual(len(finished), RUNS - 1, told)
        self.assertIn(f"1 of {RUNS} runs are missing", told)
        self.assertIn("the process that made it died", told)
        self.resume(folder, finished)

    def test_where_mpirun_ends_all_ranks_what_is_finished_stays(self):
        folder = self.folder / "ended"
        told, finished = self.kill_one(folder)
        self.assertGreaterEqual(len(finished), 2, told)
        self.resume(folder, finished)

    def test_a_refusal_is_told_once(self):
        ended = subprocess.run(spread(self.folder / "alone" / "sweep.json"), capture_output=True, text=True)
        self.assertNotEqual(ended.returncode, 0)
        self.assertEqual(ended.stderr.count("midscale: "), 1, ended.stderr)


unittest.main(argv=sys.argv[:1], verbosity=2)
