// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_event.hpp>

#include <doctest/doctest.h>

namespace discv5_event_tests {

using namespace midscale;

TEST_CASE("millions of events are under way at once, so that one is small") {
  CHECK(sizeof(discv5_event) == 16);
}

}  // namespace discv5_event_tests
