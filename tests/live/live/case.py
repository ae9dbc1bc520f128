# SPDX-License-Identifier: Apache-2.0 OR MIT
"""How a live test is written and run: a folder for each test, kept where it failed."""

import os
import pathlib
import shutil
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from . import hashes
from .network import Network
from .process import Process

SKIPPED = 77  # What ctest takes for "all of it was skipped".
AT_ONCE = 4
TEST_SECONDS = 600.0
# What sanitizers, failed assertions and Go's runtime say of a program.
DEFECTS = ("Sanitizer: ", "runtime error: ", "Assertion `", "panic: ", "fatal error: ")
HASHES_FILE = "WAKU_LIVE_HASHES_FILE"  # In the environment of a test that runs beside others.


class LiveTest(unittest.TestCase):
    """`self.folder` takes logs and keys. It goes with the test, unless the test failed, or WAKU_LIVE_KEEP is set: then
    its path is printed. A test fails where a program told of a defect of its own, whatever else came of it, and where a
    hash that a driver told of a message is wrong."""

    def run(self, result=None):
        result = self.defaultTestResult() if result is None else result
        logs = pathlib.Path(os.environ.get("WAKU_LIVE_LOGS", tempfile.gettempdir()))
        logs.mkdir(parents=True, exist_ok=True)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=self._testMethodName + "-", dir=logs))
        bad = len(result.failures) + len(result.errors)
        # The first ones are the last to be called.
        self.addCleanup(self.look_for_defects, self.folder)
        self.addCleanup(self.compare_hashes)
        try:
            return super().run(result)
        finally:
            if len(result.failures) + len(result.errors) > bad or os.environ.get("WAKU_LIVE_KEEP"):
                print(f"{self.id()}: its logs are in {self.folder}", file=sys.stderr)
            else:
                shutil.rmtree(self.folder, ignore_errors=True)

    def look_for_defects(self, folder):
        for log in sorted(folder.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            told = [line for line in lines if any(words in line for words in DEFECTS)]
            self.assertEqual(told, [], f"{log} tells of a defect")

    def compare_hashes(self):
        self.assertEqual(hashes.ledger.differing(), [])

    def network(self):
        """A network that ends with the test."""
        network = Network(self.folder)
        self.addCleanup(network.close)
        return network

    def started(self, process):
        """A program, started, that ends with the test."""
        process.start()
        self.addCleanup(process.stop)
        return process


def main():
    """Runs the tests of the file that was started. Every skip is printed with its reason; where nothing but skips was,
    the exit code says so."""
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}", file=sys.stderr)
    print(hashes.told(hashes.ledger.compared), file=sys.stderr)
    if file := os.environ.get(HASHES_FILE):
        hashes.write(pathlib.Path(file))
    if not result.wasSuccessful():
        sys.exit(1)
    # A subtest that was skipped is in the list too.
    skipped = sum(isinstance(test, LiveTest) for test, _ in result.skipped)
    sys.exit(SKIPPED if skipped and skipped == result.testsRun else 0)


def main_side_by_side():
    """Runs the tests of the file that was started each in a process of its own, several at a time: for tests that wait
    more than they work. With tests named on the command line, runs those as main() does."""
    if len(sys.argv) > 1:
        return main()
    suites = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    names = [test.id().partition(".")[2] for suite in suites for test in suite]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as threads:
        codes = list(threads.map(lambda name: _run_alone(name, folder), names))
        compared = hashes.sum_of(pathlib.Path(folder).glob("*.hashes"))
    bad = [name for name, code in zip(names, codes) if code not in (0, SKIPPED)]
    print(hashes.told(compared), file=sys.stderr)
    print(f"{len(names)} tests" + "".join(f"\nfailed: {name}" for name in bad), file=sys.stderr)
    sys.exit(1 if bad else SKIPPED if set(codes) == {SKIPPED} else 0)


def _run_alone(name, folder):
    process = Process(name, [sys.executable, sys.argv[0], name], folder,
                      {HASHES_FILE: str(pathlib.Path(folder, name + ".hashes"))})
    process.start()
    try:
        return process.wait(TEST_SECONDS)
    finally:
        process.stop()
        print(process.log.read_text(encoding="utf-8", errors="replace"), file=sys.stderr, end="", flush=True)
