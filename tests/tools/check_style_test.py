#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/check_style.py: each wall, once kept and once broken."""

import unittest

from tree import LICENCE, Tree

HEADER = LICENCE + "#pragma once\n"
LIBRARY = "include/waku/reliability/"


def check(files):
    with Tree(files) as tree:
        return tree.run("check_style.py")


def with_twin(name, text):
    return {f"{LIBRARY}{name}.hpp": text, f"tests/{name}.cpp": LICENCE}


class CheckStyle(unittest.TestCase):
    def finds(self, files, words):
        code, text = check(files)
        self.assertEqual(code, 1, text)
        self.assertIn(words, text)
        self.assertIn("1 findings", text)

    def passes(self, files):
        code, text = check(files)
        self.assertEqual(code, 0, text)

    def test_a_tidy_tree_passes(self):
        self.passes(with_twin("core/thing", HEADER + "#include <chrono>\n"))

    def test_width(self):
        self.passes({"examples/one.cpp": LICENCE + "//" + "x" * 118 + "\n"})
        self.finds({"examples/one.cpp": LICENCE + "//" + "x" * 119 + "\n"}, "121 columns")

    def test_licence(self):
        self.finds({"examples/one.cpp": "int x;\n"}, "licence")

    def test_header_length(self):
        self.passes(with_twin("core/thing", HEADER + "\n" * 398))
        self.finds(with_twin("core/thing", HEADER + "\n" * 399), "401 lines")

    def test_layers_point_down(self):
        text = HEADER + "#include <waku/reliability/{}/a.hpp>\n"
        self.passes(with_twin("engine/thing", text.format("core")))
        self.finds(with_twin("core/thing", text.format("engine")), "against the arrows")

    def test_only_one_header_of_testing_sees_the_wire(self):
        text = HEADER + "#include <waku/reliability/wire/a.hpp>\n"
        self.passes({LIBRARY + "testing/over_bytes.hpp": text})
        self.finds({LIBRARY + "testing/other.hpp": text}, "against the arrows")

    def test_the_umbrella_stops_at_the_engine(self):
        text = HEADER + "#include <waku/reliability/{}/a.hpp>\n"
        self.passes({"include/waku/reliability.hpp": text.format("engine")})
        self.finds({"include/waku/reliability.hpp": text.format("service")}, "against the arrows")

    def test_third_party_headers_stay_in_the_adapters(self):
        self.finds(with_twin("core/thing", HEADER + "#include <asio.hpp>\n"), "third-party")
        self.passes({LIBRARY + "adapter/thing.hpp": HEADER + "#include <asio.hpp>\n"})
        self.passes({LIBRARY + "wire/thing.hpp": HEADER + "#include <google/protobuf/message.h>\n"})

    def test_costly_headers_stay_out_of_the_umbrella(self):
        self.finds(with_twin("core/thing", HEADER + "#include <functional>\n"), "too costly")
        self.passes({LIBRARY + "testing/thing.hpp": HEADER + "#include <functional>\n"})

    def test_no_clock_and_no_chance_below_the_adapters(self):
        text = HEADER + "inline auto at = std::chrono::steady_clock::now();\n"
        self.finds(with_twin("engine/thing", text), "no clock")
        self.finds({LIBRARY + "service/thing.hpp": text}, "no clock")
        self.passes({LIBRARY + "adapter/thing.hpp": text})
        self.passes(with_twin("core/other", HEADER + "// not steady_clock::now(), the host reads it\n"))

    def test_unfinished_words(self):
        self.finds({"examples/one.cpp": LICENCE + "// TO" + "DO\n"}, "unfinished")

    def test_vague_names(self):
        self.finds({"examples/string_utils.cpp": LICENCE}, "says nothing")

    def test_lax_tests(self):
        self.finds({"tests/core/one.cpp": LICENCE + 'TEST_CASE("x" * doctest::skip()) {}\n'}, "skipped")

    def test_a_header_without_a_twin(self):
        self.finds({LIBRARY + "cache/thing.hpp": HEADER}, "no twin test tests/cache/thing.cpp")

    def test_the_parts_of_the_engine_stand_in_their_order(self):
        part = HEADER + "template <class State>\nvoid act(State& state);\n"
        user = part.replace("template", "#include <waku/reliability/engine/lower.hpp>\ntemplate")
        files = {**with_twin("engine/lower", part), **with_twin("engine/upper", user)}
        listing = "## The parts of the engine\n\n| part | decides |\n|---|---|\n{}\n## Memory\n\n| `other` | x |\n"
        row = "| `{}` | this |\n"
        right = row.format("lower") + row.format("upper")
        self.passes({**files, "docs/design.md": listing.format(right)})
        wrong = row.format("upper") + row.format("lower")
        self.finds({**files, "docs/design.md": listing.format(wrong)}, "does not stand above it")
        self.finds({**files, "docs/design.md": listing.format(row.format("lower"))}, "lacks upper")
        gone = listing.format(right + row.format("gone"))
        self.finds({**files, "docs/design.md": gone}, "there is no part gone")

    def test_the_folders_of_the_lab_stand_in_their_order(self):
        lab = "benchmarks/midscale/"
        files = {lab + "lower/one.hpp": HEADER, lab + "upper/two.hpp": HEADER + "#include <midscale/lower/one.hpp>\n"}
        listing = "## Folders\n\n| folder | what it holds |\n|---|---|\n{}\n## Other\n\n| `other/` | x |\n"
        row = "| `{}/` | this |\n"
        self.passes({**files, "docs/lab.md": listing.format(row.format("lower") + row.format("upper"))})
        wrong = listing.format(row.format("upper") + row.format("lower"))
        self.finds({**files, "docs/lab.md": wrong}, "does not put above it")
        self.finds({**files, "docs/lab.md": listing.format(row.format("lower"))}, "has no folder upper")


if __name__ == "__main__":
    unittest.main()
