// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/frame.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <span>
#include <vector>

#include <waku/reliability/core/random.hpp>

namespace frame_tests {

namespace wr = waku::reliability;
namespace ww = waku::reliability::wire;

namespace {

using bytes = std::vector<std::byte>;

bytes made_of(std::initializer_list<int> values) {
  bytes made;
  for (const int value : values) made.push_back(static_cast<std::byte>(value));
  return made;
}

ww::rejection refused(ww::reason why) { return {ww::protocol::store, ww::field::frame, why}; }

// Feeds a stream in pieces of `piece` bytes and collects the frames.
std::vector<bytes> read_in_pieces(ww::frame_reader& reader, const bytes& stream, std::size_t piece) {
  std::vector<bytes> frames;
  std::span<const std::byte> rest(stream);
  while (!rest.empty()) {
    const std::size_t count = std::min(piece, rest.size());
    reader.feed(rest.first(count));
    rest = rest.subspan(count);
    while (const auto frame = reader.next()) frames.emplace_back(frame->begin(), frame->end());
  }
  return frames;
}

}  // namespace

TEST_CASE("a frame is the minimal varint of the length, then the body") {
  bytes written;
  ww::append_frame(made_of({7, 8}), written);
  ww::append_frame({}, written);
  CHECK(written == made_of({2, 7, 8, 0}));
  bytes longer;
  ww::append_frame(bytes(300), longer);
  CHECK(longer.size() == 302);
  CHECK(longer[0] == std::byte{0xac});
  CHECK(longer[1] == std::byte{0x02});
}

TEST_CASE("frames are read alike from chunks of every size") {
  const std::vector<bytes> bodies = {
      made_of({1}), {}, bytes(127, std::byte{3}), bytes(300, std::byte{4}), {}};
  bytes stream;
  for (const bytes& body : bodies) ww::append_frame(body, stream);
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    CAPTURE(piece);
    ww::frame_reader reader(ww::protocol::store, 300);
    CHECK(read_in_pieces(reader, stream, piece) == bodies);
    CHECK_FALSE(reader.finish());
  }
}

TEST_CASE("frames are read alike from chunks cut at random places") {
  const char* given = std::getenv("WAKU_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'101;
  CAPTURE(seed);
  wr::random_source random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<bytes> bodies;
    bytes stream;
    for (std::uint64_t frames = 1 + random.below(6); frames > 0; --frames) {
      bodies.emplace_back(static_cast<std::size_t>(random.below(400)), static_cast<std::byte>(frames));
      ww::append_frame(bodies.back(), stream);
    }
    ww::frame_reader reader(ww::protocol::store, 400);
    std::vector<bytes> read;
    std::span<const std::byte> rest(stream);
    while (!rest.empty()) {
      const auto count = static_cast<std::size_t>(random.below(rest.size() + 1));
      reader.feed(rest.first(count));
      rest = rest.subspan(count);
      while (const auto frame = reader.next()) read.emplace_back(frame->begin(), frame->end());
    }
    REQUIRE(read == bodies);
    REQUIRE_FALSE(reader.finish());
  }
}

TEST_CASE("a frame that lies whole in a chunk is not copied") {
  bytes stream;
  ww::append_frame(bytes(1'000), stream);
  ww::frame_reader reader(ww::protocol::store, 1'000);
  reader.feed(stream);
  const auto frame = reader.next();
  REQUIRE(frame);
  CHECK(frame->data() == stream.data() + 2);
  CHECK(reader.memory_bytes() == 0);
}

TEST_CASE("a length over the limit is refused on the prefix, and nothing is read or held after that") {
  ww::frame_reader reader(ww::protocol::metadata, 1'024);
  const bytes over_limit = made_of({0x81, 0x08, 1, 2, 3});
  reader.feed(over_limit);
  CHECK_FALSE(reader.next());
  REQUIRE(reader.rejected());
  CHECK(*reader.rejected() == ww::rejection{ww::protocol::metadata, ww::field::frame, ww::reason::too_long});
  CHECK(reader.memory_bytes() == 0);
  const bytes after = made_of({0x00});
  reader.feed(after);
  CHECK_FALSE(reader.next());
  CHECK(reader.finish() == reader.rejected());

  ww::frame_reader at_the_limit(ww::protocol::metadata, 1'024);
  bytes stream;
  ww::append_frame(bytes(1'024), stream);
  at_the_limit.feed(stream);
  CHECK(at_the_limit.next());
}

TEST_CASE("memory follows the bytes that came, not the length that was claimed") {
  ww::frame_reader reader(ww::protocol::store, 100'000'000);
  const bytes begun = made_of({0x80, 0xc2, 0xd7, 0x2f, 1, 2, 3});
  reader.feed(begun);
  CHECK_FALSE(reader.next());
  CHECK_FALSE(reader.rejected());
  CHECK(reader.memory_bytes() < 100);
  REQUIRE(reader.finish());
  CHECK(*reader.finish() == refused(ww::reason::truncated));
}

TEST_CASE("a length that is no minimal varint is refused") {
  for (const bytes& stream : {made_of({0x80, 0x00}), made_of({0x85, 0x80, 0x00}),
                              made_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01})}) {
    for (const std::size_t piece : {std::size_t{1}, stream.size()}) {
      ww::frame_reader reader(ww::protocol::store, 1'000);
      CHECK(read_in_pieces(reader, stream, piece).empty());
      CHECK(reader.rejected() == refused(ww::reason::malformed_varint));
    }
  }
}

TEST_CASE("a stream that ends within a frame is cut; one that ends between frames is not") {
  for (const bytes& stream :
       {made_of({0x80}), made_of({5}), made_of({5, 1, 2, 3, 4}), made_of({1, 9, 2, 1})}) {
    ww::frame_reader reader(ww::protocol::store, 1'000);
    (void)read_in_pieces(reader, stream, 1);
    CHECK(reader.finish() == refused(ww::reason::truncated));
  }
  ww::frame_reader nothing(ww::protocol::store, 1'000);
  CHECK_FALSE(nothing.finish());
}

}  // namespace frame_tests
