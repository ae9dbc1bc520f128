// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <string_view>
#include <vector>

/// The bytes that pairs of hexadecimal digits name; blanks between them do not matter.
inline std::vector<std::byte> bytes_from_hex(std::string_view digits) {
  std::vector<std::byte> made;
  int high = -1;
  for (const char digit : digits) {
    if (digit == ' ') continue;
    const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
    assert(value >= 0 && value < 16);
    if (high < 0) {
      high = value;
    } else {
      made.push_back(static_cast<std::byte>(high * 16 + value));
      high = -1;
    }
  }
  assert(high < 0);
  return made;
}
