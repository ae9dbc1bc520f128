#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the replay of a fuzz corpus says of inputs that are there and of such that are not: replay_test.py PROGRAM."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

REPLAY = ""


def replay(*arguments):
    return subprocess.run([REPLAY, *map(str, arguments)], capture_output=True, text=True, timeout=60)


class Replay(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.filled = self.folder / "filled"
        self.filled.mkdir()
        (self.filled / "one").write_bytes(b"/toychat/2/huilong/proto")
        (self.filled / "two").write_bytes(b"")

    def test_files_and_folders_are_fed_each_input_by_name(self):
        ended = replay("names", self.filled, self.filled / "one")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(ended.stdout.splitlines()[:3], ["one", "two", "one"])
        self.assertIn("3 inputs", ended.stdout)

    def test_what_is_missing_or_empty_fails_also_beside_what_is_there(self):
        empty = self.folder / "empty"
        (empty / "folder_in_it").mkdir(parents=True)
        for place in (self.folder / "missing", empty):
            for places in ([place], [self.filled, place], [place, self.filled]):
                ended = replay("names", *places)
                self.assertEqual(ended.returncode, 1, places)
                self.assertEqual(ended.stderr, f"there is no input in {place}\n")

    def test_a_target_that_does_not_exist_is_refused(self):
        self.assertEqual(replay("no_such_target", self.filled).returncode, 2)
        self.assertEqual(replay("names").returncode, 2)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: replay_test.py PROGRAM")
    REPLAY = sys.argv.pop(1)
    unittest.main()
