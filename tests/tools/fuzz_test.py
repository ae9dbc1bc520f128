#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/fuzz.py where it has nothing to build: names of targets that there are not."""

import subprocess
import sys
import unittest

from tree import PROJECT


def run_fuzz(*targets):
    # Without a compiler to be found, known targets are skipped.
    run = subprocess.run([sys.executable, str(PROJECT / "tools/fuzz.py"), "--seconds", "1", *targets],
                         env={"PATH": ""}, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


class Targets(unittest.TestCase):
    def test_unknown_names_are_refused_at_once_and_the_known_are_listed(self):
        code, said = run_fuzz("frame", "fram", "frames")
        self.assertEqual(code, 2)
        self.assertIn("there is no fram, frames; there are: message, relay, store,", said)

    def test_known_names_are_taken(self):
        for targets in ((), ("frame",), ("frame", "store_service")):
            code, said = run_fuzz(*targets)
            self.assertEqual(code, 0)
            self.assertIn("skipped: clang++", said)


if __name__ == "__main__":
    unittest.main()
