// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/store_work.hpp>

#include <doctest/doctest.h>

#include <chrono>

namespace store_work_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("a page costs what was measured, and between the sizes in proportion") {
  CHECK(page_work(1'000, 1, false) == 5'600ns);
  CHECK(page_work(0, 1, false) == 5'600ns);
  CHECK(page_work(1'000, 0, false) == 5'600ns);
  CHECK(page_work(100'000, 101, false) == 168'600ns);
  CHECK(page_work(1'000'000, 50, true) == 1'662'200ns);
  const wr::duration low = page_work(100'000, 100, false);
  const wr::duration high = page_work(1'000'000, 100, false);
  CHECK(page_work(550'000, 100, false) == (low + high) / 2);
  CHECK(page_work(1'900'000, 100, false) == high + (high - low));
}

TEST_CASE("a store answers one request after the other, and each store by itself") {
  store_queues stores(2);
  CHECK(stores.answer(0, 1s, 10ms) == 10ms);
  CHECK(stores.answer(0, 1s + 4ms, 10ms) == 16ms);
  CHECK(stores.answer(1, 1s + 4ms, 10ms) == 10ms);
  CHECK(stores.answer(0, 2s, 10ms) == 10ms);
  CHECK(stores.busy() == std::vector<wr::duration>{30ms, 10ms});
}

}  // namespace store_work_tests
