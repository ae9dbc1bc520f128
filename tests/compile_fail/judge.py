#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Judges one program that must not compile.

The file must build as it stands, must fail with -DBAD_LINE, and the text after its comment "// sentence: "
must stand within the first five lines that the compiler prints. With a comment "// only error" nothing else
may be wrong in the compiler's eyes.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile

LINES = 5


def compile_once(compiler, includes, source, *flags):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-fdiagnostics-color=never"]
    command += [f"-I{folder}" for folder in includes] + [*flags, source]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return run.returncode, run.stderr


def plain(text):
    """The text with the compilers' curly quotes made straight and every run of blanks made one."""
    for quote in "\u2018\u2019":
        text = text.replace(quote, "'")
    return re.sub(r"\s+", " ", text)


def judge(compiler, includes, source):
    """Nothing when the program behaves, else a pair: the kind of complaint and the details."""
    with open(source, encoding="utf-8") as file:
        text = file.read()
    sentence = re.search(r"//\s*sentence:\s*(\S.*)", text)
    if not sentence:
        return "no sentence", 'the file has no comment "// sentence: ..."'
    if "BAD_LINE" not in text:
        return "no bad line", "the file never asks for BAD_LINE"
    code, diagnostics = compile_once(compiler, includes, source)
    if code != 0:
        return "good line fails", diagnostics
    code, diagnostics = compile_once(compiler, includes, source, "-DBAD_LINE")
    if code == 0:
        return "bad line builds", ""
    first = diagnostics.splitlines()[:LINES]
    if plain(sentence.group(1)).strip() not in plain("\n".join(first)):
        return "wrong sentence", "expected: " + sentence.group(1) + "\n" + diagnostics
    errors = len(re.findall(r"\berror: ", diagnostics))
    if re.search(r"^// only error$", text, re.MULTILINE) and errors != 1:
        return "further errors", diagnostics
    return None


SKELETON = "int main() {{\n#ifdef BAD_LINE\n{bad}\n#else\n{good}\n#endif\n}}\n"
ASSERTION = 'static_assert(sizeof(int) == 0, "a sentence to find");'
SENTENCE = "// sentence: a sentence to find\n"
LATE = "one; two; three; four; five; six;\n" + ASSERTION
# A name, a program, and what the judge must say about it.
TRIALS = [
    ("an empty program", SENTENCE + SKELETON.format(bad="", good=""), "bad line builds"),
    ("a broken program", SENTENCE + SKELETON.format(bad=ASSERTION, good="broken"), "good line fails"),
    ("another error", SENTENCE + SKELETON.format(bad="broken", good=""), "wrong sentence"),
    ("a sentence that comes late", SENTENCE + SKELETON.format(bad=LATE, good=""), "wrong sentence"),
    ("no sentence", SKELETON.format(bad=ASSERTION, good=""), "no sentence"),
    ("no bad line", SENTENCE + "int main() {}\n", "no bad line"),
    ("a second error", SENTENCE + "// only error\n" + SKELETON.format(bad=ASSERTION + " broken", good=""),
     "further errors"),
    ("one error alone", SENTENCE + "// only error\n" + SKELETON.format(bad=ASSERTION, good=""), None),
    ("a right case", SENTENCE + SKELETON.format(bad=ASSERTION, good=""), None),
]


def try_the_judge(compiler):
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text, expected in TRIALS:
            source = os.path.join(folder, "trial.cpp")
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            verdict = judge(compiler, [], source)
            kind = verdict[0] if verdict else None
            print(f"{name}: {kind or 'accepted'}")
            if kind != expected:
                wrong += 1
                print(f"  but should be: {expected or 'accepted'}")
    return 1 if wrong else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--compiler", required=True)
    arguments.add_argument("--include", action="append", default=[])
    arguments.add_argument("--try-the-judge", action="store_true", help="judge programs with a known verdict")
    arguments.add_argument("source", nargs="?")
    given = arguments.parse_args()
    if given.try_the_judge:
        return try_the_judge(given.compiler)
    if not given.source:
        arguments.error("name a source file")
    verdict = judge(given.compiler, given.include, given.source)
    if verdict:
        print(f"{os.path.basename(given.source)}: {verdict[0]}\n{verdict[1]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
