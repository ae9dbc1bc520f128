// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/scan.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/random.hpp>
#include <waku/reliability/wire/varint.hpp>

#include "hex.hpp"

namespace scan_tests {

namespace ww = waku::reliability::wire;

namespace {

using bytes = std::vector<std::byte>;

void add(bytes& target, std::string_view hex) {
  const bytes more = bytes_from_hex(hex);
  target.insert(target.end(), more.begin(), more.end());
}
void add_varint(bytes& target, std::uint64_t value) {
  const auto encoded = ww::encode_varint(value);
  target.insert(target.end(), encoded.view().begin(), encoded.view().end());
}
// A field of `size` bytes, all of them 'a'.
bytes filled(std::uint32_t number, std::size_t size) {
  bytes made;
  add_varint(made, std::uint64_t{number} << 3U | 2U);
  add_varint(made, size);
  made.resize(made.size() + size, std::byte{'a'});
  return made;
}
bytes nested(std::uint32_t number, const bytes& within) {
  bytes made;
  add_varint(made, std::uint64_t{number} << 3U | 2U);
  add_varint(made, within.size());
  made.insert(made.end(), within.begin(), within.end());
  return made;
}
bytes times(std::size_t count, const bytes& one) {
  bytes made;
  for (std::size_t each = 0; each < count; ++each) made.insert(made.end(), one.begin(), one.end());
  return made;
}

// Whether a store page is judged as it is where no shape is looked for: of another message with the same fields.
bool judged_alike(const bytes& page) {
  ww::limits most;
  most.entries = 5;
  most.unknown_fields = 3;
  most.unknown_fields_per_element = 1;
  static constexpr ww::message_rule same_fields{ww::schema::store_reply_fields};
  const ww::frame_rule general{ww::protocol::store, same_fields, 65'536, ww::cargo::page};
  ww::scanner expected(most);
  ww::scanner found(most);
  const bool same = expected.scan(page, general) == found.scan(page, ww::frames::store_reply);
  const auto has_alike = [&](ww::field each) {
    return expected.present().has(each) == found.present().has(each);
  };
  return same && expected.unknown_fields() == found.unknown_fields() &&
         expected.request_id().data() == found.request_id().data() &&
         expected.request_id().size() == found.request_id().size() && has_alike(ww::field::messages) &&
         has_alike(ww::field::request_id) && has_alike(ww::field::status_code) &&
         has_alike(ww::field::pagination_cursor);
}

std::optional<ww::rejection> scan(const bytes& given, const ww::frame_rule& frame,
                                  const ww::limits& most = {}) {
  return ww::scanner(most).scan(given, frame);
}
std::optional<ww::rejection> scan(std::string_view hex, const ww::frame_rule& frame) {
  return scan(bytes_from_hex(hex), frame);
}
ww::rejection refused(const ww::frame_rule& frame, ww::field where, ww::reason why) {
  return {frame.protocol, where, why};
}

}  // namespace

TEST_CASE(
    "what Protobuf tolerates passes: any order, twice, unknown, other wire types, long varints, groups") {
  for (const char* hex : {"", "0a0101", "12012f0a0101", "0a01010a0102", "9806ac02", "390000000000000000",
                          "4500000000", "080112012f", "1881800050feffffffffffffffff01", "c3020801c402",
                          "c302c30508010a0101c405c402", "f8ffffff0f01"}) {
    CAPTURE(hex);
    CHECK_FALSE(scan(hex, ww::frames::message));
  }
}

TEST_CASE("bytes that are no fields are refused, each with its reason") {
  const auto& frame = ww::frames::message;
  using ww::field;
  using ww::reason;
  CHECK(scan("80", frame) == refused(frame, field::unknown, reason::truncated));
  CHECK(scan("50", frame) == refused(frame, field::timestamp, reason::truncated));
  CHECK(scan("0a04010203", frame) == refused(frame, field::payload, reason::truncated));
  CHECK(scan("0affffffffffffffffff01", frame) == refused(frame, field::payload, reason::truncated));
  CHECK(scan("508080808080808080808001", frame) ==
        refused(frame, field::timestamp, reason::malformed_varint));
  // Lengths of more than five bytes, known fields and unknown ones.
  CHECK_FALSE(scan("0a8080808000", frame));
  CHECK(scan("0a808080808000", frame) == refused(frame, field::payload, reason::malformed_varint));
  CHECK(scan("aa16808080808000", frame) == refused(frame, field::unknown, reason::malformed_varint));
  CHECK(scan("0001", frame) == refused(frame, field::unknown, reason::malformed_tag));
  CHECK(scan("0e00", frame) == refused(frame, field::unknown, reason::malformed_tag));
  CHECK(scan("888080808000 01", frame) == refused(frame, field::unknown, reason::malformed_tag));
  CHECK(scan("ffffffff7f01", frame) == refused(frame, field::unknown, reason::malformed_tag));
  CHECK(scan("450102", frame) == refused(frame, field::unknown, reason::truncated));
  CHECK(scan("39010203", frame) == refused(frame, field::unknown, reason::truncated));
  CHECK(scan("c202", frame) == refused(frame, field::unknown, reason::truncated));
  CHECK(scan("c20205", frame) == refused(frame, field::unknown, reason::truncated));
  CHECK(scan("0a010114", frame) == refused(frame, field::unknown, reason::unbalanced_group));
  CHECK(scan("c3020801", frame) == refused(frame, field::unknown, reason::unbalanced_group));
  CHECK(scan("c302cc02", frame) == refused(frame, field::unknown, reason::unbalanced_group));
  CHECK(scan("1202c328", frame) == refused(frame, field::content_topic, reason::not_utf8));
}

TEST_CASE("a message within a message ends where it says") {
  const auto& frame = ww::frames::lightpush_request;
  CHECK(scan("aa01020a040a027231", frame) == refused(frame, ww::field::payload, ww::reason::truncated));
  CHECK(scan("aa01200a0101", frame) == refused(frame, ww::field::message, ww::reason::truncated));
  CHECK_FALSE(scan("0a027231aa01030a0101aa010a12082f612f312f622f63", frame));
}

TEST_CASE("hashes have 32 bytes; a cursor may also be there with none") {
  const auto& frame = ww::frames::store_request;
  CHECK_FALSE(scan(filled(20, 32), frame));
  CHECK_FALSE(scan(filled(51, 32), frame));
  CHECK_FALSE(scan(filled(51, 0), frame));
  CHECK_FALSE(scan(filled(51, 0), ww::frames::store_reply));
  for (const std::size_t size : {0U, 31U, 33U}) {
    CHECK(scan(filled(20, size), frame) ==
          refused(frame, ww::field::message_hashes, ww::reason::wrong_length));
    if (size == 0) continue;
    CHECK(scan(filled(51, size), frame) ==
          refused(frame, ww::field::pagination_cursor, ww::reason::wrong_length));
  }
}

TEST_CASE("every size has a limit, which is allowed, and nothing beyond") {
  ww::limits most;
  most.message_bytes = 500;
  most.meta_bytes = 10;
  most.proof_bytes = 20;
  most.topic_bytes = 30;
  most.request_id_bytes = 40;
  most.text_bytes = 50;
  most.record_bytes = 60;
  struct limited {
    const ww::frame_rule& frame;
    ww::field field;
    std::uint32_t number;
    std::size_t bytes_max;
  };
  const limited cases[] = {
      {ww::frames::message, ww::field::meta, 11, 10},
      {ww::frames::message, ww::field::rate_limit_proof, 21, 20},
      {ww::frames::message, ww::field::content_topic, 2, 30},
      {ww::frames::store_request, ww::field::request_id, 1, 40},
      {ww::frames::store_request, ww::field::pubsub_topic, 10, 30},
      {ww::frames::filter_request, ww::field::content_topics, 11, 30},
      {ww::frames::lightpush_reply, ww::field::status_desc, 11, 50},
  };
  for (const limited& each : cases) {
    CAPTURE(ww::name_of(each.field));
    CHECK_FALSE(scan(filled(each.number, each.bytes_max), each.frame, most));
    CHECK(scan(filled(each.number, each.bytes_max + 1), each.frame, most) ==
          refused(each.frame, each.field, ww::reason::too_long));
  }
  const auto& push = ww::frames::filter_push;
  CHECK_FALSE(scan(nested(1, filled(1, 497)), push, most));
  CHECK(scan(nested(1, filled(1, 498)), push, most) ==
        refused(push, ww::field::waku_message, ww::reason::too_long));
  const auto& peers = ww::frames::peer_exchange;
  CHECK_FALSE(scan(nested(2, nested(1, filled(1, 60))), peers, most));
  CHECK(scan(nested(2, nested(1, filled(1, 61))), peers, most) ==
        refused(peers, ww::field::enr, ww::reason::too_long));
}

TEST_CASE("every list has a limit, over all of the frame") {
  ww::limits most;
  most.content_topics = most.hashes = most.entries = most.peers = most.shards = most.relayed = 3;
  struct limited {
    const ww::frame_rule& frame;
    ww::field field;
    bytes element;
  };
  const limited cases[] = {
      {ww::frames::store_request, ww::field::content_topics, filled(11, 2)},
      {ww::frames::store_request, ww::field::message_hashes, filled(20, 32)},
      {ww::frames::store_reply, ww::field::messages, filled(20, 0)},
      {ww::frames::legacy_store_request, ww::field::content_filters, nested(2, filled(3, 0))},
      {ww::frames::legacy_store_reply, ww::field::messages, nested(3, filled(2, 0))},
      {ww::frames::filter_request, ww::field::content_topics, filled(11, 1)},
      {ww::frames::metadata, ww::field::shards, bytes_from_hex("1001")},
      {ww::frames::metadata, ww::field::shards_packed, bytes_from_hex("1a0101")},
      {ww::frames::peer_exchange, ww::field::peer_infos, nested(2, filled(1, 0))},
      {ww::frames::relay, ww::field::subscriptions, filled(1, 0)},
      {ww::frames::relay, ww::field::publish, filled(2, 0)},
  };
  for (const limited& each : cases) {
    CAPTURE(ww::name_of(each.field));
    CHECK_FALSE(scan(times(3, each.element), each.frame, most));
    CHECK(scan(times(4, each.element), each.frame, most) ==
          refused(each.frame, each.field, ww::reason::too_many));
  }
  CHECK(scan(bytes_from_hex("1a0401020304"), ww::frames::metadata, most) ==
        refused(ww::frames::metadata, ww::field::shards_packed, ww::reason::too_many));
  CHECK(scan(bytes_from_hex("1a020180"), ww::frames::metadata, most) ==
        refused(ww::frames::metadata, ww::field::shards_packed, ww::reason::truncated));
}

TEST_CASE("two lists of one request are counted each by itself") {
  ww::limits most;
  most.content_topics = most.hashes = 3;
  bytes both = times(3, filled(11, 1));
  const bytes hashes = times(3, filled(20, 32));
  both.insert(both.end(), hashes.begin(), hashes.end());
  CHECK_FALSE(scan(both, ww::frames::store_request, most));
}

TEST_CASE("fields that Protobuf would keep unread are few, in groups too, and groups are shallow") {
  const auto& frame = ww::frames::message;
  const ww::limits most;
  const bytes unknown = bytes_from_hex("9806ac02");
  CHECK_FALSE(scan(times(most.unknown_fields, unknown), frame));
  CHECK(scan(times(most.unknown_fields + 1, unknown), frame) ==
        refused(frame, ww::field::unknown, ww::reason::too_many));
  bytes group;
  add(group, "c302");
  const bytes within = times(most.unknown_fields, unknown);
  group.insert(group.end(), within.begin(), within.end());
  add(group, "c402");
  CHECK(scan(group, frame) == refused(frame, ww::field::unknown, ww::reason::too_many));

  // A page with a new field or two in every entry is read.
  bytes page = times(10, nested(20, times(most.unknown_fields_per_element, unknown)));
  CHECK_FALSE(scan(page, ww::frames::store_reply));
  page.insert(page.end(), within.begin(), within.end());
  CHECK_FALSE(scan(page, ww::frames::store_reply));
  page.insert(page.end(), unknown.begin(), unknown.end());
  CHECK(scan(page, ww::frames::store_reply) ==
        refused(ww::frames::store_reply, ww::field::unknown, ww::reason::too_many));

  const auto groups = [](std::size_t depth) {
    bytes made = times(depth, bytes_from_hex("c302"));
    const bytes ends = times(depth, bytes_from_hex("c402"));
    made.insert(made.end(), ends.begin(), ends.end());
    return made;
  };
  CHECK_FALSE(scan(groups(most.group_depth), frame));
  CHECK(scan(groups(most.group_depth + 1), frame) ==
        refused(frame, ww::field::unknown, ww::reason::too_deep));
}

TEST_CASE("a frame over its limit is refused as a whole") {
  const auto& frame = ww::frames::metadata;
  CHECK_FALSE(scan(filled(99, 1'020), frame));
  CHECK(scan(filled(99, 1'021), frame) == refused(frame, ww::field::frame, ww::reason::too_long));
}

TEST_CASE("the id is told of what is refused too, if it came before and is fine itself") {
  const auto id_of = [](std::string_view hex, bool fine) {
    ww::scanner it{ww::limits{}};
    const std::vector<std::byte> bytes = bytes_from_hex(hex);
    CHECK(it.scan(bytes, ww::frames::store_request).has_value() != fine);
    const auto id = it.request_id();
    return std::string(reinterpret_cast<const char*>(id.data()), id.size());
  };
  CHECK(id_of("0a026964", true) == "id");
  CHECK(id_of("0a0269640a0179", true) == "y");  // the last one holds, as Protobuf has it
  CHECK(id_of("0a026964a20101ff", false) == "id");
  CHECK(id_of("a20101ff0a026964", false).empty());
  CHECK(id_of("0a02ffff", false).empty());
  CHECK(id_of("0a03"
              "6964",
              false)
            .empty());
  CHECK(id_of("0a026964"
              "0a01ff",
              false) == "id");
  CHECK(id_of("0a8102" + std::string(2 * 257, '6'), false).empty());
  CHECK(id_of("0801", true).empty());  // not an id, but a number in its place

  ww::scanner again{ww::limits{}};
  CHECK_FALSE(again.scan(bytes_from_hex("0a026964"), ww::frames::store_request));
  CHECK_FALSE(again.scan({}, ww::frames::store_request));
  CHECK(again.request_id().empty());
}

TEST_CASE("the fields at the top are told, be they empty, and those of messages within are not") {
  ww::scanner scanner{ww::limits{}};
  REQUIRE_FALSE(scanner.scan(bytes_from_hex("0a00"), ww::frames::store_request));
  CHECK(scanner.present().has(ww::field::request_id));
  CHECK_FALSE(scanner.present().has(ww::field::include_data));
  REQUIRE_FALSE(scanner.scan(bytes_from_hex("0a020a00"), ww::frames::filter_push));
  CHECK(scanner.present().has(ww::field::waku_message));
  CHECK_FALSE(scanner.present().has(ww::field::payload));
  CHECK_FALSE(scanner.present().has(ww::field::request_id));
  REQUIRE_FALSE(scanner.scan(bytes_from_hex("0801"), ww::frames::store_request));
  CHECK_FALSE(scanner.present().has(ww::field::request_id));
}

TEST_CASE("an entry that begins nearly like a hash alone is judged by its fields, whatever they are") {
  const bytes usual = nested(20, filled(1, 32));
  for (std::size_t place = 0; place < 5; ++place) {
    for (unsigned value = 0; value < 256; ++value) {
      for (std::size_t size = 0; size <= usual.size(); ++size) {
        for (const std::size_t before : {0U, 1U, 5U}) {
          bytes page = times(before, usual);
          page.insert(page.end(), usual.begin(), usual.end());
          page[before * usual.size() + place] = static_cast<std::byte>(value);
          page.resize(before * usual.size() + size);
          CAPTURE(place);
          CAPTURE(value);
          CAPTURE(size);
          CAPTURE(before);
          REQUIRE(judged_alike(page));
        }
      }
    }
  }
}

TEST_CASE("a page of hashes is judged as any message: valid, cut, reordered, twice, unknown or broken") {
  const char* given = std::getenv("WAKU_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'722;
  CAPTURE(seed);
  waku::reliability::random_source random(seed);
  std::size_t accepted = 0;
  std::size_t refused = 0;
  const bytes usual = nested(20, filled(1, 32));
  for (int round = 0; round < 20'000; ++round) {
    const bytes body = nested(2, filled(2, random.below(40)));
    const bytes fields[] = {nested(20, filled(1, random.below(35))),
                            nested(20, filled(3, 32)),
                            nested(20, body),
                            nested(20, times(2, filled(1, 32))),
                            filled(20, random.below(35)),
                            filled(1, random.below(30)),
                            filled(51, 32),
                            bytes_from_hex("9806ac02"),
                            bytes_from_hex("50c801"),
                            bytes_from_hex("a00101"),
                            bytes_from_hex("a28100220a20"),
                            bytes_from_hex("a201a2000a20")};
    bytes page;
    for (std::uint64_t count = 1 + random.below(5); count != 0; --count) {
      const bytes& more = random.chance(0.6) ? usual : fields[random.below(std::size(fields))];
      page.insert(page.end(), more.begin(), more.end());
    }
    if (random.chance(0.2)) page.resize(random.below(page.size()));
    if (random.chance(0.2) && !page.empty())
      page[random.below(page.size())] = static_cast<std::byte>(random.below(256));
    CAPTURE(round);
    REQUIRE(judged_alike(page));
    ++(scan(page, ww::frames::store_reply) ? refused : accepted);
  }
  CHECK(accepted > 2'000);
  CHECK(refused > 2'000);
}

}  // namespace scan_tests
