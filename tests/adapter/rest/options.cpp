// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/options.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace rest_options_tests {

namespace wr = waku::reliability;

TEST_CASE("the numbers fit together as they come") {
  const wr::rest_options numbers;
  CHECK(numbers.return_wait_first <= numbers.return_wait_max);
  CHECK(numbers.read_interval_min <= numbers.read_interval_max);
  CHECK(numbers.read_interval_min > wr::duration::zero());
  CHECK(numbers.reads_max > 0);
  CHECK(numbers.http.connect_patience < numbers.http.patience);
  // A page of 100 messages of 150 KiB, as base64.
  CHECK(numbers.http.answer_bytes_max > 100UL * 150 * 1'024 * 4 / 3);
  CHECK(numbers.http.authorities_file.empty());
}

TEST_CASE("a node has no store of its own choice until it is given one") {
  CHECK(wr::rest_node{"http://127.0.0.1:1", ""}.store_address.empty());
}

}  // namespace rest_options_tests
