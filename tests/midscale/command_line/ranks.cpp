// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/command_line/ranks.hpp>

#include <doctest/doctest.h>

namespace ranks_tests {

TEST_CASE("without mpirun there is one rank, which hears itself") {
  midscale::ranks alone;
  CHECK(alone.first());
  CHECK_FALSE(alone.leave(false));
  CHECK_FALSE(alone.leave(true));
}

}  // namespace ranks_tests
