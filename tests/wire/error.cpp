// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace wire_error_tests {

namespace ww = waku::reliability::wire;

namespace {

template <class Enum>
std::set<std::string_view> names_up_to(Enum last) {
  std::set<std::string_view> names;
  for (int value = 0; value <= static_cast<int>(last); ++value)
    names.insert(ww::name_of(static_cast<Enum>(value)));
  return names;
}

}  // namespace

TEST_CASE("every protocol, field and reason has a name of its own") {
  CHECK(names_up_to(ww::protocol::peer_exchange).size() == 10);
  CHECK(names_up_to(ww::field::key).size() == static_cast<std::size_t>(ww::field::key) + 1);
  CHECK(names_up_to(ww::reason::refused).size() == static_cast<std::size_t>(ww::reason::refused) + 1);
}

TEST_CASE("names of fields are those of the schemas") {
  CHECK(ww::name_of(ww::field::none) == "none");
  CHECK(ww::name_of(ww::field::payload) == "payload");
  CHECK(ww::name_of(ww::field::message_hashes) == "message_hashes");
  CHECK(ww::name_of(ww::field::filter_subscribe_type) == "filter_subscribe_type");
  CHECK(ww::name_of(ww::field::shards_packed) == "shards_packed");
  CHECK(ww::name_of(ww::field::key) == "key");
}

TEST_CASE("a rejection reads as a sentence: which protocol, which field, why") {
  const ww::rejection why{ww::protocol::store, ww::field::message_hashes, ww::reason::wrong_length};
  CHECK(ww::describe(why) == "store: message_hashes has the wrong length");
  CHECK(ww::describe({ww::protocol::metadata, ww::field::frame, ww::reason::too_long}) ==
        "metadata: frame is too long");
}

}  // namespace wire_error_tests
