// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "memory.hpp"
#include "target.hpp"

namespace ww = waku::reliability::wire;

namespace {

/// All that a reader gave.
struct outcome {
  std::vector<ww::byte_buffer> frames;
  std::optional<ww::rejection> end;
};

bool operator==(const outcome& a, const outcome& b) { return a.frames == b.frames && a.end == b.end; }

template <class NextSize>
outcome read(fuzz::byte_span stream, std::size_t limit, const NextSize& next_size) {
  outcome made;
  ww::frame_reader reader(ww::protocol::store, limit);
  while (!stream.empty()) {
    const fuzz::byte_span chunk = stream.first(std::min<std::size_t>(next_size(), stream.size()));
    stream = stream.subspan(chunk.size());
    reader.feed(chunk);
    while (const auto frame = reader.next()) made.frames.emplace_back(frame->begin(), frame->end());
    fuzz::demand(reader.memory_bytes() <= 4 * limit, "a reader holds no more than 4 times its limit");
  }
  made.end = reader.finish();
  return made;
}

// The same without any state: the stream lies there whole.
outcome read_plainly(fuzz::byte_span stream, std::size_t limit) {
  outcome made;
  while (!stream.empty()) {
    const auto refuse = [&](ww::reason why) {
      made.end = ww::rejection{ww::protocol::store, ww::field::frame, why};
      return made;
    };
    const ww::decoded_varint length = ww::decode_varint(stream);
    if (length.state == ww::varint_state::incomplete) return refuse(ww::reason::truncated);
    if (length.state == ww::varint_state::malformed || length.size != ww::varint_size(length.value))
      return refuse(ww::reason::malformed_varint);
    if (length.value > limit) return refuse(ww::reason::too_long);
    stream = stream.subspan(length.size);
    if (length.value > stream.size()) return refuse(ww::reason::truncated);
    const fuzz::byte_span body = stream.first(static_cast<std::size_t>(length.value));
    made.frames.emplace_back(body.begin(), body.end());
    stream = stream.subspan(body.size());
  }
  return made;
}

outcome check(fuzz::byte_span stream, std::size_t limit, fuzz::byte_span sizes) {
  using fuzz::demand;
  outcome expected = read_plainly(stream, limit);
  demand(read(stream, limit, [&] { return stream.size(); }) == expected, "one chunk reads as the bytes lie");
  demand(read(stream, limit, [] { return std::size_t{1}; }) == expected, "single bytes read as one chunk");
  std::size_t place = 0;
  const auto next_size = [&] {
    return sizes.empty() ? 2 : std::to_integer<std::size_t>(sizes[place++ % sizes.size()]) + 1;
  };
  demand(read(stream, limit, next_size) == expected, "any chunks read as one chunk");
  return expected;
}

}  // namespace

// Limit, number of cuts, how far they are apart; then the stream.
void fuzz::frame(byte_span bytes) {
  input from(bytes);
  const std::size_t limit = std::size_t{1} << from.below(17);
  const byte_span sizes = from.bytes(from.below(16));
  const byte_span stream = from.rest();

  const outcome expected = check(stream, limit, sizes);
  // Limits to the byte.
  std::size_t longest = 0;
  for (const ww::byte_buffer& each : expected.frames) longest = std::max(longest, each.size());
  check(stream, longest, sizes);
  if (longest != 0) check(stream, longest - 1, sizes);

  // What was read is written as it was.
  ww::byte_buffer written;
  for (const ww::byte_buffer& each : expected.frames) {
    demand(each.size() <= limit, "no frame is over the limit");
    ww::append_frame(each, written);
  }
  demand(written.size() <= stream.size() && std::equal(written.begin(), written.end(), stream.begin()),
         "frames are written as they were read");

  // Frames do not show what came before them: each once more, longer and with other bytes.
  ww::byte_buffer others;
  for (ww::byte_buffer each : expected.frames) {
    for (std::byte& byte : each) byte = ~byte;
    each.push_back(std::byte{1});
    ww::append_frame(each, others);
  }
  written.insert(written.end(), others.begin(), others.end());
  demand(check(written, limit + 1, sizes).frames.size() == 2 * expected.frames.size(), "each frame is read");
}
