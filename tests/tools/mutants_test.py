#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/mutants.py on a library of one line: what is caught, what survives, what is refused."""

import shutil
import sys
import unittest

from tree import LICENCE, PROJECT, Tree

sys.path.insert(0, str(PROJECT / "tools"))
import mutants  # noqa: E402 (found by the line above)

HEADER = (LICENCE + "#pragma once\n"
          "inline int twice(int x) {\n  return 2 * x;\n}\n"
          "inline int unseen() { return 1; }\n")
TEST = (LICENCE + "#include <doctest/doctest.h>\n#include <waku/twice.hpp>\n"
        'TEST_CASE("[S1.1] twice, or so") { CHECK(twice(2) == 4); }\n'
        'TEST_CASE("[S1.2] red from the start") { CHECK(twice(2) == 5); }\n')
MUTANT = """mutant: S1.1
breaks: three times
file: include/waku/twice.hpp
- {old}
+ {new}
test: tests/twice.cpp
case: {case}
"""


def block(old="return 2 * x;", new="return 3 * x;", case="[S1.1] twice, or so*"):
    return MUTANT.format(old=old, new=new, case=case)


def try_mutants(descriptions, *arguments, statements=None, others=None):
    files = {"include/waku/twice.hpp": HEADER, "tests/twice.cpp": TEST, "tests/mutants/all.txt": descriptions,
             "tests/main.cpp": (PROJECT / "tests/main.cpp").read_text(encoding="utf-8")}
    files.update(others or {})
    if statements:
        files["tests/spec/statements.txt"] = statements
    with Tree(files) as tree:
        result = tree.run("mutants.py", *arguments)
        unchanged = (tree.root / "include/waku/twice.hpp").read_text(encoding="utf-8") == HEADER
        return (*result, unchanged)


class Mutants(unittest.TestCase):
    def test_caught_survived_and_not_built_in_one_run(self):
        code, text, unchanged = try_mutants(
            block() + "\n"
            + block("inline int unseen() { return 1; }", "inline int unseen() { return 2; }") + "\n"
            + block(new="return 2 * y;"))
        self.assertEqual(code, 1, text)
        self.assertIn("caught    S1.1", text)
        self.assertIn("SURVIVED  S1.1", text)
        self.assertIn("NO BUILD  S1.1", text)
        self.assertIn("1 of 3 caught", text)
        self.assertTrue(unchanged)

    def test_all_caught_passes_and_parts_divide(self):
        two = block() + "\n" + block(new="return x;")
        code, text, _ = try_mutants(two, "--part", "2/2")
        self.assertEqual(code, 0, text)
        self.assertIn("1 of 2 mutants", text)
        self.assertIn("1 of 1 caught", text)

    def test_a_test_that_is_red_from_the_start_is_refused(self):
        code, text, _ = try_mutants(block(case="[S1.2]*"))
        self.assertEqual(code, 2, text)
        self.assertIn("not green on the unbroken copy", text)

    def test_a_filter_that_matches_nothing_is_refused(self):
        code, text, _ = try_mutants(block(case="[S7.7]*"))
        self.assertEqual(code, 2, text)
        self.assertIn("no test case", text)

    def test_lines_that_do_not_stand_there_are_refused(self):
        code, text, _ = try_mutants(block(old="return 4 * x;"))
        self.assertEqual(code, 2, text)
        self.assertIn("stand 0 times", text)

    def test_a_must_without_a_mutant_fails(self):
        statements = "S1.1 | MUST | one thing\nS1.2 | MUST | another\n"
        code, text, _ = try_mutants(block(), statements=statements)
        self.assertEqual(code, 1, text)
        self.assertIn("1 of 1 caught", text)
        self.assertIn("S1.2 (MUST) has no mutant", text)

    def test_a_layer_may_stand_where_there_is_no_statement(self):
        code, text, _ = try_mutants(block().replace("mutant: S1.1", "mutant: service"))
        self.assertEqual(code, 0, text)
        self.assertIn("caught    service", text)
        code, text, _ = try_mutants(block().replace("mutant: S1.1", "mutant: anything"))
        self.assertEqual(code, 2, text)

    @unittest.skipUnless(shutil.which("protoc"), "Protobuf's compiler protoc was not found")
    def test_a_test_that_links_protobuf_has_the_classes_of_the_schemas(self):
        schema = LICENCE + 'syntax = "proto3";\nmessage Number {\n  int32 value = 1;\n}\n'
        test = TEST.replace("#include <waku", "#include <number.pb.h>\n#include <waku").replace(
            "CHECK(twice(2) == 4)", "Number made; made.set_value(twice(2)); CHECK(made.value() == 4)")
        others = {"tests/bytes/proto/number.proto": schema, "tests/twice.cpp": test}
        code, text, _ = try_mutants(block() + "link: -lprotobuf\n", others=others)
        self.assertEqual(code, 0, text)
        self.assertIn("1 of 1 caught", text)
        code, text, _ = try_mutants(block(), others=others)
        self.assertEqual(code, 2, text)
        self.assertIn("number.pb.h", text)

    def test_every_description_of_the_project_fits_its_file(self):
        for mutant in mutants.read_mutants(PROJECT):
            with self.subTest(where=mutant.where):
                text = (PROJECT / mutant.file).read_text(encoding="utf-8")
                self.assertNotEqual(mutants.broken_text(mutant, text), text)

    def test_no_mutants_is_no_success(self):
        code, text, _ = try_mutants("# none\n")
        self.assertEqual(code, 2, text)


if __name__ == "__main__":
    unittest.main()
