#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Compares this version of the lab with an earlier one: builds that in a worktree below build/, runs a scenario with
both over disjoint seeds, and has `midscale compare` tell what differs. Prints where the reports of each version's runs
and the page of the comparison are. The exit code is that of compare: 1 where a metric differs significantly."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import lab

FOLDER = lab.SOURCE / "build/regression"
LAB = "benchmarks/midscale/command_line/main.cpp"
# As `make midscale-truth` and the others build it.
OPTIONS = ["-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG", "-DWAKU_RELIABILITY_TESTS=OFF",
           "-DWAKU_RELIABILITY_EXAMPLES=OFF", "-DWAKU_RELIABILITY_LAB=ON", "-DWAKU_RELIABILITY_STRICT=OFF"]
# Far from the others, whatever is repeated.
FIRST_SEED = {"base": 1, "new": 1_000_001}


def git(*words):
    return subprocess.run(["git", "-C", str(lab.SOURCE), *words], capture_output=True, text=True, check=False)


def call(command, quiet=None):
    """Runs a command; what it says goes into the file `quiet`, and is printed where it fails."""
    # The outer make's job slots are not for an inner one.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    if quiet is None:
        return subprocess.run(command, env=environment, check=False).returncode
    with open(quiet, "a", encoding="utf-8") as log:
        failed = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False).returncode
    if failed:
        print(pathlib.Path(quiet).read_text(encoding="utf-8"), file=sys.stderr)
    return failed


def commit_of(base):
    found = git("rev-parse", "--verify", "--quiet", base + "^{commit}")
    if found.returncode:
        sys.exit(f"there is no version {base}: give a tag, a branch or a commit that git knows here")
    commit = found.stdout.strip()
    if git("cat-file", "-e", f"{commit}:{LAB}").returncode:
        sys.exit(f"{base} has no lab to compare with: it has no {LAB}")
    return commit


def built(commit, jobs):
    """The program of a commit, built once."""
    tree, build = FOLDER / f"tree-{commit[:12]}", FOLDER / f"build-{commit[:12]}"
    if not (tree / ".git").exists():
        shutil.rmtree(tree, ignore_errors=True)
        git("worktree", "prune")
        added = git("worktree", "add", "--detach", str(tree), commit)
        if added.returncode:
            sys.exit(f"git makes no worktree: {added.stderr.strip()}")
    log = FOLDER / f"build-{commit[:12]}.log"
    log.unlink(missing_ok=True)
    print(f"building {commit[:12]}", flush=True)
    if (call(["cmake", "-S", str(tree), "-B", str(build), *OPTIONS], log)
            or call(["cmake", "--build", str(build), "--parallel", str(jobs), "--target", "midscale"], log)):
        sys.exit(f"{commit[:12]} cannot be built; all of it is in {log}")
    return build / "midscale"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base", help="a tag, a branch or a commit")
    lab.add_program_option(parser)
    parser.add_argument("--scenario", default="relay-bandwidth")
    parser.add_argument("--nodes", help="how many in all; else the scenario's")
    parser.add_argument("--repeat", type=int, default=5, help="seeds of each version")
    parser.add_argument("--set", action="append", default=[], help="name=value, for both versions")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    if asked.repeat < 2:
        parser.error("--repeat: a comparison needs 2 or more")
    commit = commit_of(asked.base)
    FOLDER.mkdir(parents=True, exist_ok=True)
    programs = {"base": built(commit, asked.jobs), "new": pathlib.Path(asked.program)}
    out = FOLDER / f"{asked.scenario}-{commit[:12]}"
    shutil.rmtree(out, ignore_errors=True)
    for version, program in programs.items():
        command = [str(program), "run", asked.scenario, "--seed", str(FIRST_SEED[version]), "--repeat",
                   str(asked.repeat), "--out", str(out / version)]
        command += ["--nodes", asked.nodes] if asked.nodes else []
        command += [word for each in asked.set for word in ("--set", each)]
        print(f"running {asked.scenario} with {version}, {asked.repeat} seeds", flush=True)
        if call(command):
            sys.exit(f"{version} cannot run {asked.scenario}")
    sys.exit(call([str(programs["new"]), "compare", str(out / "base"), str(out / "new"), "--out", str(out)]))


if __name__ == "__main__":
    main()
