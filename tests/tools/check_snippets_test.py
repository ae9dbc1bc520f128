#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/check_snippets.py: code that stands in its file, and code that does not."""

import unittest

from tree import Tree

SOURCE = "int one();\n\nstruct two {\n  int three;\n  int four;\n};\n"


def page(code, comment="<!-- from examples/a.hpp -->\n"):
    return f"# A page\n\n<!-- from examples/a.hpp -->\n```cpp\nint one();\n```\n\n{comment}```cpp\n{code}```\n"


def check(text):
    with Tree({"docs/guide/page.md": text, "examples/a.hpp": SOURCE}) as tree:
        return tree.run("check_snippets.py")


class CheckSnippets(unittest.TestCase):
    def finds(self, text, words):
        code, said = check(text)
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)
        self.assertIn("1 findings", said)

    def passes(self, text):
        code, said = check(text)
        self.assertEqual(code, 0, said)

    def test_code_of_the_file_passes(self):
        self.passes(page("struct two {\n  int three;\n"))

    def test_indentation_does_not_matter(self):
        self.passes(page("int three;\nint four;\n"))

    def test_dots_leave_lines_out(self):
        self.passes(page("int one();\n...\n  int four;\n};\n"))
        self.finds(page("int one();\n  int four;\n"), "docs/guide/page.md:9: not in examples/a.hpp: int one();")

    def test_order_counts(self):
        self.finds(page("int four;\n...\nint three;\n"), "not in examples/a.hpp: int three;")

    def test_code_that_is_not_there(self):
        self.finds(page("int five;\n"), "not in examples/a.hpp: int five;")

    def test_every_block_of_a_page_names_its_file(self):
        self.finds(page("int one();\n", comment=""), "no file is named")

    def test_the_file_must_be_there(self):
        self.finds(page("int one();\n", comment="<!-- from examples/b.hpp -->\n"), "there is no examples/b.hpp")

    def test_other_languages_and_pages_without_comments_are_left_alone(self):
        self.passes(page("int one();\n") + "\n```sh\nmake\n```\n")
        self.passes("# A page\n\n```cpp\nint five;\n```\n")


if __name__ == "__main__":
    unittest.main()
