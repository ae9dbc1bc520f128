// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/operation.hpp>

#include <cstdint>
#include <set>

#include <doctest/doctest.h>

namespace operation_tests {

namespace wr = waku::reliability;
using wr::operation_id;
using wr::operation_kind;

namespace {

constexpr operation_kind kinds[] = {operation_kind::none,
                                    operation_kind::relay_publish,
                                    operation_kind::lightpush,
                                    operation_kind::filter_subscribe,
                                    operation_kind::filter_unsubscribe,
                                    operation_kind::filter_ping,
                                    operation_kind::store_query};

}  // namespace

TEST_CASE("an id carries its kind and its slot, whatever the generation") {
  for (const operation_kind kind : kinds) {
    for (const std::uint32_t slot : {0U, 1U, 0xabcdeU, operation_id::slot_limit - 1}) {
      for (const std::uint64_t generation :
           {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xf'ffff'ffff}}) {
        const operation_id id(kind, slot, generation);
        CHECK(id.kind() == kind);
        CHECK(id.slot() == slot);
      }
    }
  }
}

TEST_CASE("messages are sent in two ways, and all else is no push") {
  int pushes = 0;
  for (const operation_kind kind : kinds) pushes += wr::is_push(kind) ? 1 : 0;
  CHECK(pushes == 2);
  CHECK(wr::is_push(operation_kind::relay_publish));
  CHECK(wr::is_push(operation_kind::lightpush));
}

TEST_CASE("ids differ when any of kind, slot and generation does") {
  std::set<std::uint64_t> values;
  int made = 0;
  for (const operation_kind kind : kinds) {
    for (std::uint32_t slot = 0; slot < 20; ++slot) {
      for (std::uint64_t generation = 1; generation <= 20; ++generation) {
        values.insert(operation_id(kind, slot, generation).value());
        ++made;
      }
    }
  }
  CHECK(values.size() == static_cast<std::size_t>(made));
}

TEST_CASE("68 billion operations pass before a generation comes again") {
  constexpr std::uint64_t generations = std::uint64_t{1}
                                        << (64U - operation_id::slot_bits - operation_id::kind_bits);
  CHECK(generations == 68'719'476'736U);
  CHECK(operation_id(operation_kind::lightpush, 3, generations - 1) !=
        operation_id(operation_kind::lightpush, 3, 0));
  CHECK(operation_id(operation_kind::lightpush, 3, generations) ==
        operation_id(operation_kind::lightpush, 3, 0));
}

TEST_CASE("a slot beyond the limit does not spill into the kind") {
  const operation_id id(operation_kind::filter_ping, operation_id::slot_limit + 5, 1);
  CHECK(id.kind() == operation_kind::filter_ping);
  CHECK(id.slot() == 5);
}

TEST_CASE("an id that nobody gave is of no kind") {
  CHECK(operation_id().kind() == operation_kind::none);
  CHECK(operation_id().value() == 0);
}

TEST_CASE("an id comes back from its value, and later generations are greater") {
  const operation_id id(operation_kind::store_query, 77, 12);
  CHECK(operation_id::from_value(id.value()) == id);
  CHECK(operation_id(operation_kind::lightpush, 0, 13) > id);
}

TEST_CASE("every kind fits into the bits that it has") {
  CHECK(static_cast<unsigned>(operation_kind::store_query) < (1U << operation_id::kind_bits));
}

}  // namespace operation_tests
