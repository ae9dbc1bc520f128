#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""tools/reference.py: which of Doxygen's complaints are taken for faults."""

import sys
import unittest

from tree import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
from reference import complaints  # noqa: E402


def bare(what):
    return f"/a/b.hpp:7: warning: {what} is not documented."


class Reference(unittest.TestCase):
    def finds(self, line):
        self.assertEqual(list(complaints(line + "\n")), [line])

    def passes(self, line):
        self.assertEqual(list(complaints(line + "\n")), [])

    def test_types_need_a_comment(self):
        self.finds(bare("Compound wr::deliver"))
        self.finds(bare("Compound wr::snapshot::report"))

    def test_what_stands_in_a_namespace_needs_a_comment(self):
        self.finds(bare("Member name_of(const std::optional< outcome > &end) (function) of namespace wr"))
        self.finds(bare("Member ok (variable) of namespace wr::status_code"))

    def test_specialisations_share_a_comment(self):
        self.passes(bare("Compound wr::pools_of< Policy >"))
        self.passes(bare("Member lists_a_set< policies< Listed... > > (variable) of namespace wr"))

    def test_members_of_classes_that_are_called_need_a_comment(self):
        self.finds(bare("Member pending() const (function) of class wr::node< Policies, Transport >"))
        self.finds(bare("Member pending() const (function) of class wr::asio_node"))

    def test_other_members_may_go_without(self):
        self.passes(bare("Member peer (variable) of struct wr::lightpush_request"))
        self.passes(bare("Member enough(const evidence &seen) const (function) of struct wr::filter_echo"))
        self.passes(bare("Member operator=(const node &)=delete (function) of class wr::asio_node"))

    def test_every_other_complaint_is_a_fault(self):
        self.finds("/a/b.hpp:7: warning: Unsupported xml/html tag <x> found")
        self.finds("error: Doxyfile not found")

    def test_silence_is_well(self):
        self.assertEqual(list(complaints("\n")), [])


if __name__ == "__main__":
    unittest.main()
