// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/archive.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

namespace archive_tests {

namespace ws = waku::reliability::services;

TEST_CASE("every error of an archive has a name of its own") {
  std::set<std::string_view> names;
  const auto last = static_cast<int>(ws::archive_error::unavailable);
  for (int value = 0; value <= last; ++value)
    names.insert(ws::name_of(static_cast<ws::archive_error>(value)));
  CHECK(names == std::set<std::string_view>{"none", "busy", "full", "damaged", "unavailable"});
  static_assert(ws::name_of(ws::archive_error::full) == "full");
}

}  // namespace archive_tests
