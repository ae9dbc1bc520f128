// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/results/extra_bytes.hpp>

#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

namespace extra_bytes_tests {

using midscale::extra_bytes;
using midscale::light_row;

light_row row(const char* strategy, std::uint32_t nodes, std::uint64_t bytes) {
  light_row made;
  made.strategy = strategy;
  made.nodes = nodes;
  made.bytes = bytes;
  return made;
}

TEST_CASE("extra bytes are those beyond what as many nodes without any strategy had") {
  const std::vector<light_row> rows{row("none", 100, 1'000'000), row("all", 50, 750'000),
                                    row("resend", 100, 900'000)};
  CHECK(extra_bytes(rows, rows[0]) == 0);
  CHECK(extra_bytes(rows, rows[1]) == 250'000);
  CHECK(extra_bytes(rows, rows[2]) == -100'000);
}

TEST_CASE("without nodes to compare with, extra bytes are not known and not 0") {
  CHECK_FALSE(extra_bytes({row("all", 50, 750'000)}, row("all", 50, 750'000)));
  const std::vector<light_row> nobody{row("none", 0, 0), row("all", 50, 750'000)};
  CHECK_FALSE(extra_bytes(nobody, nobody[1]));
}

}  // namespace extra_bytes_tests
