#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/spec.py: what counts as observed, and what makes it fail."""

import unittest

from tree import Tree

STATEMENTS = "# two\nS1.1 | MUST | a first thing\nR7 | reading | another thing\n"


def observe(source, statements=STATEMENTS):
    with Tree({"tests/spec/statements.txt": statements, "tests/core/one.cpp": source}) as tree:
        return tree.run("spec.py")


class Spec(unittest.TestCase):
    def test_every_statement_with_a_test_passes_and_is_listed(self):
        code, text = observe('TEST_CASE("[S1.1] a promise") {}\nTEST_CASE("[R7] another") {}\n')
        self.assertEqual(code, 0, text)
        self.assertIn("tests/core/one.cpp: [S1.1] a promise", text)

    def test_one_test_may_observe_several(self):
        code, text = observe('TEST_CASE("[S1.1, R7] both") {}\n')
        self.assertEqual(code, 0, text)
        code, text = observe('TEST_CASE("[S1.1] [R7] both") {}\n')
        self.assertEqual(code, 0, text)

    def test_names_over_two_lines_and_templates_count(self):
        code, text = observe('TEST_CASE_TEMPLATE(\n  "[S1.1] a long "\n  "name [R7]", T, int) {}\n')
        self.assertEqual(code, 0, text)
        code, text = observe('TEST_CASE_FIXTURE(some::fixture, "[S1.1] [R7]") {}\n')
        self.assertEqual(code, 0, text)

    def test_an_uncovered_statement_fails(self):
        code, text = observe('TEST_CASE("[S1.1] a promise") {}\n')
        self.assertEqual(code, 1)
        self.assertIn("1 uncovered", text)

    def test_a_commented_test_observes_nothing(self):
        code, text = observe('TEST_CASE("[S1.1] a promise") {}\n// TEST_CASE("[R7] gone") {}\n')
        self.assertEqual(code, 1, text)

    def test_an_unknown_id_fails(self):
        code, text = observe('TEST_CASE("[S1.1] [R7] [S9.9] a promise") {}\n')
        self.assertEqual(code, 1)
        self.assertIn("there is no S9.9", text)

    def test_an_id_told_twice_fails(self):
        code, _ = observe('TEST_CASE("[S1.1] [R7]") {}\n', STATEMENTS + "R7 | reading | again\n")
        self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
