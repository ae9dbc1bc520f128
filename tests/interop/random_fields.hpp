// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>

/// Values for fields: mostly small and ordinary, sometimes empty, extreme or unusual.
namespace interop {

namespace wr = waku::reliability;

inline std::vector<std::byte> random_bytes(wr::random_source& random, std::size_t size) {
  std::vector<std::byte> made(size);
  for (std::size_t begin = 0; begin < size; begin += 8) {
    const std::uint64_t drawn = random.next();
    std::memcpy(made.data() + begin, &drawn, std::min<std::size_t>(8, size - begin));
  }
  return made;
}

/// Valid UTF-8 of all lengths, with what quoting, line ends or a byte order mark might spoil.
inline std::string random_text(wr::random_source& random, std::size_t pieces_max) {
  constexpr std::array<std::string_view, 16> unusual = {"\"",
                                                        "\\",
                                                        "\n",
                                                        "\r\n",
                                                        "\t",
                                                        "\x7f",
                                                        "<&>",
                                                        "\xc3\xa9",
                                                        "/",
                                                        " ",
                                                        "\xc2\x80",
                                                        "%",
                                                        "\xe2\x80\xa8",
                                                        "\xef\xbb\xbf",
                                                        "\xf0\x9f\x99\x82",
                                                        "\xf4\x8f\xbf\xbf"};
  std::string made;
  for (std::uint64_t pieces = random.below(pieces_max + 1); pieces > 0; --pieces) {
    if (random.chance(0.1)) {
      made += unusual[random.below(unusual.size())];
    } else if (random.chance(0.01)) {
      made += '\0';
    } else {
      made += static_cast<char>('!' + random.below(94));
    }
  }
  return made;
}
inline std::string random_name(wr::random_source& random, std::size_t pieces_max) {
  std::string made = random_text(random, pieces_max);
  return made.empty() ? "x" : made;
}
inline std::string random_content_topic(wr::random_source& random) {
  if (random.chance(0.2)) return random_name(random, 60);
  return "/" + random_name(random, 10) + "/" + std::to_string(random.below(100)) + "/" +
         random_name(random, 10) + "/proto";
}
inline std::string random_pubsub_topic(wr::random_source& random) {
  if (random.chance(0.1)) return random_name(random, 40);
  return "/waku/2/rs/" + std::to_string(random.below(65'536)) + "/" + std::to_string(random.below(1'024));
}
inline std::vector<std::string> random_content_topics(wr::random_source& random, std::size_t least) {
  std::vector<std::string> made;
  for (std::uint64_t count = least + random.below(6); count > 0; --count)
    made.push_back(random_content_topic(random));
  return made;
}

/// All widths of numbers are equally likely, so that varints of every length come up.
inline std::uint64_t random_number(wr::random_source& random, unsigned bits_max) {
  const std::uint64_t bits = random.below(bits_max + 1);
  return bits == 0 ? 0 : random.next() >> (64 - bits);
}
inline std::uint32_t random_number32(wr::random_source& random) {
  return static_cast<std::uint32_t>(random_number(random, 32));
}

/// Unix time in ns: of these years, or any, or one of the ends of what can be said.
inline std::int64_t random_time(wr::random_source& random) {
  if (random.chance(0.02)) return std::numeric_limits<std::int64_t>::min() + 1;
  if (random.chance(0.02)) return std::numeric_limits<std::int64_t>::max();
  if (random.chance(0.1)) return static_cast<std::int64_t>(random.next());
  return 1'700'000'000'000'000'000 + static_cast<std::int64_t>(random.below(100'000'000'000'000'000));
}
inline std::optional<wr::wall_time> random_wall_time(wr::random_source& random) {
  if (random.chance(0.3)) return std::nullopt;
  return wr::wall_time(wr::duration(random.chance(0.1) ? 0 : random_time(random)));
}

inline wr::message_hash random_hash(wr::random_source& random) {
  const std::vector<std::byte> bytes = random_bytes(random, wr::message_hash::size);
  wr::message_hash made;
  std::memcpy(made.bytes.data(), bytes.data(), bytes.size());
  return made;
}

}  // namespace interop
