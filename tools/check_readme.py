#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Sees that the program in README.md is the one that is compiled, and that links in the documents lead somewhere."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = "examples/readme/main.cpp"
LINES_MAX = 20


def check_example(faults):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program = (ROOT / EXAMPLE).read_text(encoding="utf-8").split("\n", 1)[1].strip()
    blocks = [block.strip() for block in re.findall(r"```cpp\n(.*?)```", readme, re.DOTALL)]
    if program not in blocks:
        faults.append(f"README.md: no code block is {EXAMPLE} as it stands, without its first line")
    lines = [line for line in program.split("\n") if line.strip()]
    if len(lines) > LINES_MAX:
        faults.append(f"{EXAMPLE}: {len(lines)} lines that are not blank, {LINES_MAX} are allowed")


def check_links(faults):
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", prose):
            if "://" in target or (page.parent / target).exists():
                continue
            faults.append(f"{page.relative_to(ROOT)}: the link to {target} leads nowhere")


def main():
    faults = []
    check_example(faults)
    check_links(faults)
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
