// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/request_id.hpp>

#include <doctest/doctest.h>

namespace request_id_tests {

namespace ww = waku::reliability::wire;

TEST_CASE("a success answers only the request whose id it has") {
  CHECK(ww::answers("r1", "r1", true));
  CHECK_FALSE(ww::answers("r1", "r2", true));
  CHECK_FALSE(ww::answers("r1", "", true));
  CHECK_FALSE(ww::answers("r1", "N/A", true));
}

TEST_CASE("an error may also come without an id, or with that of a request that was not read") {
  CHECK(ww::answers("r1", "r1", false));
  CHECK(ww::answers("r1", "", false));
  CHECK(ww::answers("r1", "N/A", false));
  CHECK_FALSE(ww::answers("r1", "r2", false));
}

}  // namespace request_id_tests
