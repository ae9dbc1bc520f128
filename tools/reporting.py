# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the tools that look for faults of the tree have in common."""

import argparse
import pathlib

PROJECT = pathlib.Path(__file__).resolve().parent.parent


def report(description, findings, all_well):
    """Prints what findings(root) gives, a line each, or `all_well`; the exit code. --root names another tree."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--root", type=pathlib.Path, default=PROJECT)
    found = list(findings(arguments.parse_args().root))
    for line in found:
        print(line)
    print(f"{len(found)} findings" if found else all_well)
    return 1 if found else 0
