// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <string_view>

namespace waku::reliability::wire {

/// The id of replies to requests that were not read: nwaku and go-waku answer so where the rate limit is met.
inline constexpr std::string_view unread_request_id = "N/A";

/// Whether a reply with the id `replied` answers the request `asked`. Errors may also come without an id, or
/// with that of requests which were not read.
[[nodiscard]] constexpr bool answers(std::string_view asked, std::string_view replied,
                                     bool success) noexcept {
  return replied == asked || (!success && (replied.empty() || replied == unread_request_id));
}

}  // namespace waku::reliability::wire
