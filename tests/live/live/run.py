# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a person runs who wants to see a network at work, and what it is run by."""

import contextlib
import random
import shutil
import threading
import time

from . import programs

POLL_SECONDS = 0.25


class Run:
    """Everything that it starts ends with it. What it tells comes with the time since it began."""

    def __init__(self, folder, seed):
        self.folder = folder
        self.seed = seed
        self.ends = contextlib.ExitStack()
        self.over = threading.Event()  # Whoever waits in a thread is to end.
        self._began = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self.ends.close()

    def tell(self, what):
        print(f"{time.monotonic() - self._began:7.1f} s  {what}", flush=True)

    def started(self, program):
        program.start()
        self.ends.callback(program.stop)
        return program

    def wait_until(self, condition, limit, otherwise):
        """Tells what is the matter where the condition does not hold in time. Whether it does."""
        ends = time.monotonic() + limit
        while not condition():
            if time.monotonic() > ends:
                self.tell(f"{otherwise}, and have been for {limit:g} s")
                return False
            time.sleep(POLL_SECONDS)
        return True


def prepare(results, name, seed, *needed):
    """The folder for all that the programs say, which is empty, and the seed: one where none is given. Ends the program
    where one that is needed is missing."""
    programs.require(*needed)
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    folder = results.resolve() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"seed {seed}; all that the programs say is in {folder}", flush=True)
    return folder, seed


def finish(well, path):
    """Says how it went and where that is written. The exit code."""
    print(f"\n{'All is well' if well else 'It is not well'}; {path} says so too")
    return 0 if well else 1
