// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/discovery/discv5_options.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace discv5_options_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE(
    "nwaku sweeps every five seconds, go-waku walks and takes 16 nodes in that time and what they take") {
  CHECK(nwaku_discv5().search == discv5_search::sweep);
  CHECK(nwaku_discv5().pause == 5s);
  CHECK(go_waku_discv5().search == discv5_search::walk);
  CHECK(go_waku_discv5().taken_at_once * go_waku_discv5().taken_each + go_waku_discv5().pause == 6'600ms);
}

TEST_CASE("go-waku's record has a clock's time for its number, and no empty field") {
  CHECK(encoded(nwaku_discv5().record, 1).size() == 169);
  CHECK(encoded(go_waku_discv5().record, 1).size() == 163);
}

}  // namespace discv5_options_tests
