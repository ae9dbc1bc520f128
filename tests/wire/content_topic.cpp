// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/content_topic.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <set>
#include <string_view>

namespace content_topic_tests {

namespace ww = waku::reliability::wire;

TEST_CASE("a content topic has four parts, or five with the generation 0, which is no part of the others") {
  const ww::content_topic expected{"toychat", "2", "huilong", "proto"};
  for (const std::string_view text :
       {"/toychat/2/huilong/proto", "/0/toychat/2/huilong/proto", "/00/toychat/2/huilong/proto"}) {
    const auto parsed = ww::parse_content_topic(text);
    REQUIRE(parsed);
    CHECK(*parsed == expected);
    CHECK(parsed->to_string() == "/toychat/2/huilong/proto");
  }
  static_assert(ww::parse_content_topic("/a/1/b/c")->name == "b");
}

TEST_CASE("each thing that can be wrong with a content topic is told") {
  struct wrong {
    std::string_view text;
    ww::content_topic_error error;
  };
  using enum ww::content_topic_error;
  const wrong cases[] = {
      {"", no_leading_slash},
      {"a/1/b/c", no_leading_slash},
      {"/", wrong_number_of_parts},
      {"/a/1/b", wrong_number_of_parts},
      {"/0/a/1/b/c/d", wrong_number_of_parts},
      {"/0/a/1/b/c/", wrong_number_of_parts},
      {"/a/1/b/", empty_part},
      {"//1/b/c", empty_part},
      {"//a/1/b/c", empty_part},
      {"/x/a/1/b/c", malformed_generation},
      {"/-1/a/1/b/c", malformed_generation},
      {"/1/a/1/b/c", unsupported_generation},
      {"/99999999999999999999999/a/1/b/c", unsupported_generation},
  };
  for (const wrong& each : cases) {
    CAPTURE(each.text);
    ww::content_topic target{"kept", "", "", ""};
    CHECK(ww::parse_content_topic(each.text, target) == each.error);
    CHECK(target.application == "kept");
    CHECK_FALSE(ww::parse_content_topic(each.text));
  }
}

TEST_CASE("what is wrong with a content topic reads as the end of a sentence, each in words of its own") {
  std::set<std::string_view> words;
  const auto last = static_cast<int>(ww::content_topic_error::unsupported_generation);
  for (int value = 0; value <= last; ++value)
    words.insert(ww::name_of(static_cast<ww::content_topic_error>(value)));
  CHECK(words.size() == static_cast<std::size_t>(last) + 1);
  CHECK_FALSE(words.contains("is wrong"));
  CHECK(ww::name_of(ww::content_topic_error::empty_part) == "has an empty part");
}

}  // namespace content_topic_tests
