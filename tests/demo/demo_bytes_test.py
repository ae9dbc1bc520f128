#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The demo over real bytes against the demo without: demo_bytes_test.py DEMO DEMO_BYTES. Few receivers keep it short;
WAKU_SEEDS=N compares N seeds with the usual number, and WAKU_SHOW=1 prints the bytes of each row."""

import json
import os
import subprocess
import sys
import unittest

DEMO = ""
DEMO_BYTES = ""


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, timeout=600)


def numbers(program, *arguments):
    ended = run(program, "--json", *arguments)
    assert ended.returncode == 0, ended.stderr.decode()
    return json.loads(ended.stdout)


class DemoOverBytes(unittest.TestCase):
    def compare(self, *world):
        """Runs both, which must tell the same but for the bytes; how many rows there were."""
        direct, over_bytes = numbers(DEMO, *world), numbers(DEMO_BYTES, "--bytes", *world)
        for left, right in zip(direct["rows"], over_bytes["rows"]):
            counted, real = left.pop("bytes"), right.pop("bytes")
            if os.environ.get("WAKU_SHOW"):
                print(f"{' '.join(world)} {left['strategy']:5} {counted:9} {real:9} {real / counted - 1:+.2%}")
            self.assertLess(abs(real / counted - 1), 0.05, left["strategy"])
        self.assertEqual(direct, over_bytes)
        return len(direct["rows"])

    def test_over_bytes_the_table_is_the_same_and_the_bytes_are_within_a_twentieth(self):
        for seed in range(1, 1 + int(os.environ.get("WAKU_SEEDS", "1"))):
            with self.subTest(seed=seed):
                size = [] if "WAKU_SEEDS" in os.environ else ["--receivers", "5"]
                self.assertEqual(self.compare("--seed", str(seed), *size), 13)

    def test_so_it_is_with_the_legacy_protocols_of_go_waku(self):
        self.assertEqual(self.compare("--nodes", "go-waku", "--strategy", "all", "--receivers", "5"), 1)

    def test_without_protobuf_the_option_says_so_in_one_line(self):
        ended = run(DEMO, "--bytes")
        self.assertEqual((ended.returncode, ended.stdout), (2, b""))
        said = ended.stderr.decode()
        self.assertIn("Protobuf", said)
        self.assertEqual(said.count("\n"), 1, said)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: demo_bytes_test.py DEMO DEMO_BYTES")
    DEMO, DEMO_BYTES = sys.argv.pop(1), sys.argv.pop(1)
    unittest.main()
