#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Breaks the library line by line, on a copy, and sees whether the named test turns red.

tests/mutants/*.txt hold the breakages, one block each, blocks apart by an empty line:

    mutant: S1.6
    breaks: a hash that the reply lacks counts as confirmed
    file: include/waku/reliability/policy/confirmation/store_presence.hpp
    - if (reply.contains(hash)) {
    + if (true) {
    test: tests/policy/confirmation/store_presence.cpp
    case: [S1.6]*

"mutant" names the statement of the spec that is broken, or the layer where no statement is: cache, engine, service,
wire or adapter;
"-" the lines as they stand (once in the file; blanks at both ends do not matter), "+" the lines that take their
place (none removes them), "test" the source that notices and "case" a filter of its test cases, as in doctest's
--test-case. A line "link: -lcrypto" adds libraries, and -lprotobuf among them the classes of all schemas. Lines
that start with # are comments.

First each named test must be green on the unbroken copy. A mutant counts as caught when it compiles and its
test then fails, crashes or does not end; one that does not compile proves nothing and is an error.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

SECONDS_MAX = 60  # for one test; the unbroken ones take a few
SHOULDS_MIN = 10
KEYS = {"mutant", "breaks", "file", "test", "case", "link"}
IDENTIFIER = re.compile(r"^([A-Z]\d+(\.\d+)?|cache|engine|service|wire|adapter)$")


@dataclasses.dataclass
class Mutant:
    where: str  # file and line of its description
    number: int = 0
    mutant: str = ""
    breaks: str = ""
    file: str = ""
    test: str = ""
    case: str = ""
    link: str = ""
    old: list = dataclasses.field(default_factory=list)
    new: list = dataclasses.field(default_factory=list)

    @property
    def key(self):
        """Mutants that share it share the program that proves the unbroken copy green."""
        return self.test, self.link

    @property
    def needs_classes(self):
        return "-lprotobuf" in self.link.split()


class Fault(Exception):
    """Something is wrong with a description, not with the library."""


def read_mutants(root):
    mutants = []
    for path in sorted((root / "tests/mutants").glob("*.txt")):
        current = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.relative_to(root)}:{number}"
            if not line.strip():
                current = None
            elif line.startswith("#"):
                continue
            else:
                if current is None:
                    current = Mutant(where=where)
                    mutants.append(current)
                if line[:1] in "-+" and (len(line) == 1 or line[1] == " "):
                    (current.old if line[0] == "-" else current.new).append(line[2:].strip())
                    continue
                key, colon, value = line.partition(":")
                if not colon or key.strip() not in KEYS or getattr(current, key.strip()):
                    raise Fault(f"{where}: not understood, or told twice: {line}")
                setattr(current, key.strip(), value.strip())
    for number, mutant in enumerate(mutants, 1):
        mutant.number = number
        lacking = [key for key in ("mutant", "breaks", "file", "test", "case") if not getattr(mutant, key)]
        if lacking or not mutant.old:
            raise Fault(f"{mutant.where}: lacks {', '.join(lacking) or 'the lines as they stand'}")
        if not IDENTIFIER.match(mutant.mutant):
            raise Fault(f"{mutant.where}: {mutant.mutant} is no id of a statement, nor a layer that has none")
    return mutants


def broken_text(mutant, text):
    """The file's text with the mutant's lines in place, indented like the first old line."""
    lines = text.split("\n")
    count = len(mutant.old)
    bare = [line.strip() for line in lines]
    places = [at for at in range(len(lines) - count + 1) if bare[at:at + count] == mutant.old]
    if len(places) != 1:
        raise Fault(f"{mutant.where}: its lines stand {len(places)} times in {mutant.file}, not once")
    at = places[0]
    indentation = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    fresh = [indentation + line if line else "" for line in mutant.new]
    if [line.strip() for line in fresh] == mutant.old:
        raise Fault(f"{mutant.where}: changes nothing")
    return "\n".join(lines[:at] + fresh + lines[at + count:])


class Bench:
    """The copy of the tree and the ways to build and run one test source in it."""

    def __init__(self, root, folder, compiler):
        self.folder = folder
        self.tree = folder / "tree"
        self.compiler = compiler
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("include", "tests"):
            shutil.copytree(root / name, self.tree / name)
        self.main_object = folder / "main.o"
        self.class_objects = []
        problem = self.compile(self.tree / "tests/main.cpp", self.main_object, [], ["-c"])
        if problem:
            raise Fault(f"tests/main.cpp does not compile:\n{problem}")

    def compile(self, source, output, folders_first, flags):
        """Nothing, or the compiler's words."""
        command = [*self.compiler, "-std=c++20", "-O0", *(f"-I{folder}" for folder in folders_first),
                   "-Iinclude", "-Itests", "-Iclasses", str(source.relative_to(self.tree)), *flags,
                   "-o", str(output)]
        run = subprocess.run(command, cwd=self.tree, capture_output=True, text=True)
        return None if run.returncode == 0 else (run.stderr or f"the compiler ended with {run.returncode}")

    def make_classes(self, pool):
        """Has Protobuf make the classes of the library's schemas and of the tests', and compiles them."""
        protoc = shutil.which("protoc")
        if not protoc:
            raise Fault("the mutants of wire/ need Protobuf's compiler protoc; on Debian: protobuf-compiler")
        classes = self.tree / "classes"
        classes.mkdir()
        for home in (self.tree / "include", *sorted(self.tree.glob("tests/**/proto"))):
            schemas = sorted(map(str, home.rglob("*.proto")))
            if not schemas:
                continue
            made = subprocess.run([protoc, f"--proto_path={home}", f"--cpp_out={classes}", *schemas],
                                  capture_output=True, text=True)
            if made.returncode != 0:
                raise Fault(f"protoc refuses the schemas in {home}:\n{made.stderr}")
        sources = sorted(classes.rglob("*.pb.cc"))
        self.class_objects = [source.with_suffix(".o") for source in sources]
        for problem in pool.map(lambda source, target: self.compile(source, target, [], ["-c"]),
                                sources, self.class_objects):
            if problem:
                raise Fault(f"a class that protoc made does not compile:\n{problem}")

    def build(self, mutant, program, folders_first):
        """Makes the program of a mutant's test. Nothing, or the compiler's words."""
        source = self.tree / mutant.test
        if not source.is_file():
            raise Fault(f"{mutant.where}: there is no {mutant.test}")
        test_object = program.with_suffix(".o")
        problem = self.compile(source, test_object, folders_first, ["-c"])
        if problem:
            return problem
        objects = [test_object, self.main_object, *(self.class_objects if mutant.needs_classes else ())]
        command = [self.compiler[-1], *map(str, objects), *mutant.link.split(), "-pthread", "-o", str(program)]
        link = subprocess.run(command, capture_output=True, text=True)
        test_object.unlink()
        return None if link.returncode == 0 else link.stderr

    def run(self, mutant, program):
        """("green", "") or ("red", why) of the mutant's test."""
        try:
            # doctest takes a comma for the end of a filter.
            command = [str(program), "--test-case=" + mutant.case.replace(",", "?"), "--no-colors"]
            run = subprocess.run(command, cwd=self.tree, capture_output=True, text=True, errors="replace",
                                 timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            return "red", f"did not end in {SECONDS_MAX} s"
        if run.returncode == 0:
            return "green", ""
        if run.returncode == 2 and "no test case matches" in run.stderr:
            raise Fault(f"{mutant.where}: no test case of {mutant.test} matches {mutant.case}")
        why = f"signal {-run.returncode}" if run.returncode < 0 else "failed"
        return "red", why if run.returncode < 0 else why + "\n" + run.stdout

    def prove_green(self, mutants, name):
        """Fails unless all these tests, which are of one source, are green on the unbroken copy."""
        program = self.folder / name
        problem = self.build(mutants[0], program, [])
        for mutant in mutants:
            colour, words = ("broken build", problem) if problem else self.run(mutant, program)
            if colour != "green":
                raise Fault(f"{mutant.where}: {mutant.test} {mutant.case} is not green on the unbroken copy: "
                            f"{colour}\n{words}")
        program.unlink()

    def try_mutant(self, mutant):
        """True when the mutant is caught, and the line to print."""
        head = f"{mutant.mutant:7} {mutant.breaks} ({mutant.file})"
        original = self.tree / mutant.file
        if not original.is_file():
            raise Fault(f"{mutant.where}: there is no {mutant.file}")
        # The broken file stands in a folder that is searched before the copy's own include folder.
        overlay = self.folder / f"overlay_{mutant.number}"
        within = pathlib.Path(mutant.file)
        if within.parts[0] != "include":
            raise Fault(f"{mutant.where}: {mutant.file} is not below include/")
        broken = overlay / within.relative_to("include")
        broken.parent.mkdir(parents=True, exist_ok=True)
        broken.write_text(broken_text(mutant, original.read_text(encoding="utf-8")), encoding="utf-8")
        program = self.folder / f"mutant_{mutant.number}"
        problem = self.build(mutant, program, [overlay])
        if problem:
            return False, f"NO BUILD  {head}\n{problem}"
        colour, _ = self.run(mutant, program)
        program.unlink()
        if colour == "red":
            return True, f"caught    {head}"
        return False, f"SURVIVED  {head}\n          {mutant.test} {mutant.case} stays green"


def statements_without_mutants(root, mutants):
    """What the list of mutants owes: one for each MUST of the spec and for ten of its SHOULDs."""
    path = root / "tests/spec/statements.txt"
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [[part.strip() for part in line.split("|")] for line in lines if line[:1] not in ("", "#")]
    broken = {mutant.mutant for mutant in mutants}
    musts = [row[0] for row in rows if row[1] == "MUST"]
    shoulds = [row[0] for row in rows if row[1] == "SHOULD" and row[0] in broken]
    print(f"mutants for {len(broken.intersection(musts))} of {len(musts)} MUSTs and {len(shoulds)} SHOULDs")
    owed = [f"{identifier} (MUST) has no mutant" for identifier in musts if identifier not in broken]
    if len(shoulds) < SHOULDS_MIN:
        owed.append(f"only {len(shoulds)} SHOULDs have a mutant, {SHOULDS_MIN} are wanted")
    return owed


def chosen_part(given, root):
    """(k, n) of --part, or of --by-commit: the part that the commit's hash names."""
    if given.part:
        found = re.fullmatch(r"(\d+)/(\d+)", given.part)
        if not found or not 1 <= int(found.group(1)) <= int(found.group(2)):
            raise Fault(f"--part wants k/n with 1 <= k <= n, not {given.part}")
        return int(found.group(1)), int(found.group(2))
    if given.by_commit:
        run = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True)
        if run.returncode != 0:
            raise Fault("--by-commit needs a commit: " + run.stderr.strip())
        commit = run.stdout.strip()
        part = int(commit, 16) % given.by_commit + 1
        print(f"part {part} of {given.by_commit}, chosen by commit {commit[:12]}; "
              f"again: make mutants PART={part}/{given.by_commit}")
        return part, given.by_commit
    return 1, 1


def run_all(given):
    root = given.root.resolve()
    mutants = read_mutants(root)
    if not mutants:
        raise Fault("there are no mutants in tests/mutants/")
    part, parts = chosen_part(given, root)
    chosen = [mutant for mutant in mutants if (mutant.number - 1) % parts == part - 1]
    print(f"{len(chosen)} of {len(mutants)} mutants")
    owed = statements_without_mutants(root, mutants)
    # A description that no longer fits is an error at once, also in the parts that are not run.
    for mutant in mutants:
        if not (root / mutant.file).is_file():
            raise Fault(f"{mutant.where}: there is no {mutant.file}")
        broken_text(mutant, (root / mutant.file).read_text(encoding="utf-8"))

    # clang++ without optimisation takes half the time of g++.
    compiler = [os.environ.get("CXX") or ("clang++" if shutil.which("clang++") else "g++")]
    if shutil.which("ccache"):
        compiler.insert(0, "ccache")
    bench = Bench(root, given.folder.resolve(), compiler)
    caught = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        if any(mutant.needs_classes for mutant in chosen):
            bench.make_classes(pool)
        proofs = {}
        for mutant in chosen:
            proofs.setdefault(mutant.key, []).append(mutant)
        for _ in pool.map(lambda each: bench.prove_green(each[1], f"green_{each[0]}"),
                          enumerate(proofs.values())):
            pass
        print(f"the unbroken copy is green in the named tests of {len(proofs)} sources", flush=True)
        for good, line in pool.map(bench.try_mutant, chosen):
            caught += good
            print(line, flush=True)
    for line in owed:
        print(line)
    print(f"{caught} of {len(chosen)} caught")
    return 0 if caught == len(chosen) and not owed else 1


def main():
    here = pathlib.Path(__file__).resolve().parent.parent
    arguments = argparse.ArgumentParser(description=__doc__,
                                        formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--root", type=pathlib.Path, default=here, help="the project")
    arguments.add_argument("--folder", type=pathlib.Path, help="where the copy goes; emptied first")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--part", help="k/n: only the k-th of n parts")
    arguments.add_argument("--by-commit", type=int, metavar="N", help="one of N parts, chosen by the commit")
    given = arguments.parse_args()
    given.folder = given.folder or given.root / "build/mutants"
    try:
        return run_all(given)
    except Fault as fault:
        print(f"mutants: {fault}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
