// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/links.hpp>

#include <chrono>
#include <cstdint>

#include <doctest/doctest.h>

namespace links_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("a fixed latency is the same for every connection") {
  links lines({{{30ms, {}, 1s}}, 1, {}}, {{}, {}}, 1);
  for (int count = 0; count < 5; ++count) CHECK(lines.draw_latency(0, 0) == 30ms);
  CHECK(lines.draw_jitter() == 0ms);
}

TEST_CASE("a distribution has a floor, a mean above it, and an end") {
  links lines({{{30ms, 40ms, 200ms}}, 1, {}}, {{}}, 1);
  wr::duration sum{}, most{};
  for (int count = 0; count < 20'000; ++count) {
    const wr::duration drawn = lines.draw_latency(0, 0);
    CHECK(drawn >= 30ms);
    CHECK(drawn <= 200ms);
    sum += drawn;
    most = std::max(most, drawn);
  }
  CHECK(most == 200ms);
  // What is cut takes 40 ms × e^(-170/40) from the mean of 70 ms.
  CHECK(sum / 20'000 > 68'500us);
  CHECK(sum / 20'000 < 70'500us);
}

TEST_CASE("a matrix has the latency from region to region") {
  links lines({{{1ms, {}, 1s}, {2ms, {}, 1s}, {3ms, {}, 1s}, {10s, {}, 20s}}, 2, {}}, {{}}, 1);
  CHECK(lines.draw_latency(0, 0) == 1ms);
  CHECK(lines.draw_latency(0, 1) == 2ms);
  CHECK(lines.draw_latency(1, 0) == 3ms);
  CHECK(lines.draw_latency(1, 1) == link_options::longest);
}

TEST_CASE("jitter is at most what it may be") {
  links lines({{{1ms, {}, 1s}}, 1, 5ms}, {{}}, 1);
  wr::duration most{};
  for (int count = 0; count < 1'000; ++count) {
    const wr::duration drawn = lines.draw_jitter();
    CHECK(drawn >= 0ms);
    CHECK(drawn <= 5ms);
    most = std::max(most, drawn);
  }
  CHECK(most > 4'900us);
}

TEST_CASE("frames leave a line one after another, and a free one at once") {
  links lines({}, {{1'000, 0}, {0, 500}}, 1);
  CHECK(lines.leaves(0, 1s, 500) == 1'500ms);
  CHECK(lines.leaves(0, 1s, 500) == 2s);
  CHECK(lines.leaves(0, 1'900ms, 100) == 2'100ms);
  CHECK(lines.leaves(0, 5s, 100) == 5'100ms);
  CHECK(lines.leaves(1, 5s, 1'000'000) == 5s);
  CHECK(lines.received(0, 5s, 1'000'000) == 5s);
  CHECK(lines.received(1, 5s, 100) == 5'200ms);
  CHECK(lines.received(1, 5s, 100) == 5'400ms);
  CHECK_FALSE(lines.queues(0));
  CHECK(lines.queues(1));
  lines.reset(1);
  CHECK(lines.received(1, 5s, 100) == 5'200ms);
}

}  // namespace links_tests
