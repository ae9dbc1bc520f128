// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/cache/deadline_ticket.hpp>

#include <doctest/doctest.h>

namespace deadline_ticket_tests {

namespace wr = waku::reliability;

TEST_CASE("a ticket that nobody gave names nothing, and tickets are equal that name the same deadline") {
  CHECK_FALSE(wr::deadline_ticket{});
  CHECK_FALSE(wr::planned_deadline{}.ticket);
  const wr::deadline_ticket given{0, 0};
  CHECK(given);
  CHECK(given == wr::deadline_ticket{0, 0});
  CHECK_FALSE(given == wr::deadline_ticket{1, 0});
  CHECK_FALSE(given == wr::deadline_ticket{0, 1});
}

}  // namespace deadline_ticket_tests
