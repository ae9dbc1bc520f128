// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/peer.hpp>

#include <cstdint>
#include <type_traits>

#include <doctest/doctest.h>

namespace peer_tests {

namespace wr = waku::reliability;

TEST_CASE("a peer is a small number that is not taken for another number") {
  CHECK(sizeof(wr::peer_id) == 4);
  CHECK_FALSE(std::is_convertible_v<std::uint32_t, wr::peer_id>);
  CHECK_FALSE(std::is_convertible_v<wr::peer_id, std::uint32_t>);
  CHECK(wr::peer_id{3} < wr::peer_id{4});
}

TEST_CASE("a peer serves nothing until it says so") {
  constexpr wr::peer_protocols none;
  CHECK_FALSE(none.lightpush);
  CHECK_FALSE(none.filter);
  CHECK_FALSE(none.store);
  CHECK_FALSE(none.legacy_store);
}

TEST_CASE("a legacy store is another protocol than a store") {
  constexpr wr::peer_protocols current{.store = true};
  constexpr wr::peer_protocols legacy{.legacy_store = true};
  CHECK(current != legacy);
  CHECK(current == wr::peer_protocols{false, false, true, false});
}

}  // namespace peer_tests
