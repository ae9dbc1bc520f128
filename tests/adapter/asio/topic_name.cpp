// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/asio/topic_name.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace topic_name_tests {

namespace wr = waku::reliability;

TEST_CASE("a topic's name is copied whole, whatever its length, and survives moves") {
  for (const std::size_t length : {0U, 1U, 15U, 16U, 55U, 56U, 57U, 200U}) {
    std::string text;
    for (std::size_t place = 0; place < length; ++place) text += static_cast<char>('a' + place % 26);
    const std::string expected = text;
    wr::topic_name first(text);
    text.assign(length, '?');
    CHECK(first.view() == expected);
    const wr::topic_name copied(first);
    wr::topic_name moved(std::move(first));
    CHECK(moved.view() == expected);
    CHECK(copied.view() == expected);
    moved = wr::topic_name("other");
    CHECK(moved.view() == "other");
  }
}

}  // namespace topic_name_tests
