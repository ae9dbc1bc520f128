// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/utf8.hpp>

#include <doctest/doctest.h>

#include "hex.hpp"

namespace utf8_tests {

namespace ww = waku::reliability::wire;

TEST_CASE("text of every length of letter is UTF-8, to the last code point") {
  for (const char* hex : {"", "61", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf", "f0908080",
                          "f48fbfbf", "e697a5e69cac e8aa9e", "00"}) {
    CAPTURE(hex);
    CHECK(ww::is_utf8(bytes_from_hex(hex)));
  }
}

TEST_CASE("cut letters, long spellings, surrogates and what is beyond Unicode are not UTF-8") {
  for (const char* hex : {"80", "bf", "c2", "c328", "c080", "c1bf", "e0a0", "e09fbf", "eda080", "edbfbf",
                          "f0908f", "f08fbfbf", "f4908080", "f5808080", "ff", "61c2", "e28228"}) {
    CAPTURE(hex);
    CHECK_FALSE(ww::is_utf8(bytes_from_hex(hex)));
  }
}

}  // namespace utf8_tests
