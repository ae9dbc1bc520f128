// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waku::reliability::wire {

/// What is wrong with a content topic.
enum class content_topic_error : std::uint8_t {
  none,
  no_leading_slash,
  wrong_number_of_parts,   ///< neither four, nor five with a generation
  empty_part,              ///< two slashes without anything between them, or one at the end
  malformed_generation,    ///< five parts, of which the first is no number
  unsupported_generation,  ///< nobody knows of any generation but 0
};

/// What is wrong, in a few words that follow "the content topic".
[[nodiscard]] constexpr std::string_view name_of(content_topic_error error) noexcept {
  switch (error) {
    case content_topic_error::none: return "is well formed";
    case content_topic_error::no_leading_slash: return "does not begin with a slash";
    case content_topic_error::wrong_number_of_parts: return "has neither four parts nor five";
    case content_topic_error::empty_part: return "has an empty part";
    case content_topic_error::malformed_generation: return "has a generation that is no number";
    case content_topic_error::unsupported_generation: return "has a generation other than 0";
  }
  return "is wrong";
}

/// The parts of a content topic, /application/version/name/encoding or /0/application/version/name/encoding, as
/// views of the text that was parsed.
///
/// With a named pubsub topic any text may be a content topic; these rules are for those that are autosharded.
/// They are as strict as nwaku's: go-waku and js-waku also take a missing slash and negative generations.
struct content_topic {
  std::string_view application;
  std::string_view version;
  std::string_view name;
  std::string_view encoding;

  friend constexpr bool operator==(const content_topic&, const content_topic&) = default;

  /// The topic without its generation.
  [[nodiscard]] std::string to_string() const {
    std::string text;
    for (const std::string_view part : {application, version, name, encoding}) {
      text += '/';
      text += part;
    }
    return text;
  }
};

/// Why `text` is no content topic, or `none`. Where it is one, its parts go to `target`. Linear, takes no memory.
[[nodiscard]] constexpr content_topic_error parse_content_topic(std::string_view text,
                                                                content_topic& target) noexcept {
  if (text.empty() || text.front() != '/') return content_topic_error::no_leading_slash;
  std::array<std::string_view, 5> parts{};
  std::size_t count = 0;
  for (std::size_t begin = 1; begin <= text.size(); ++count) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    if (count == parts.size()) return content_topic_error::wrong_number_of_parts;
    parts[count] = text.substr(begin, end - begin);
    begin = end + 1;
  }
  if (count < 4) return content_topic_error::wrong_number_of_parts;
  if (std::any_of(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count),
                  [](std::string_view part) { return part.empty(); })) {
    return content_topic_error::empty_part;
  }
  std::size_t first = 0;
  if (count == 5) {
    const std::string_view generation = parts[first++];
    if (generation.find_first_not_of("0123456789") != std::string_view::npos)
      return content_topic_error::malformed_generation;
    if (generation.find_first_not_of('0') != std::string_view::npos)
      return content_topic_error::unsupported_generation;
  }
  target = {parts[first], parts[first + 1], parts[first + 2], parts[first + 3]};
  return content_topic_error::none;
}

/// The parts of a content topic, or nothing where the text is none.
[[nodiscard]] constexpr std::optional<content_topic> parse_content_topic(std::string_view text) noexcept {
  content_topic parsed;
  if (parse_content_topic(text, parsed) != content_topic_error::none) return std::nullopt;
  return parsed;
}

}  // namespace waku::reliability::wire
