// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/network/peer_score.hpp>

#include <chrono>

#include <doctest/doctest.h>

namespace peer_score_tests {

using namespace midscale;
using namespace std::chrono_literals;

TEST_CASE("a score is the sum of time in the mesh, first deliveries and the square of penalties") {
  const score_options options;
  peer_record record;
  CHECK(record.score(options, 100s) == 0);
  record.grafted_at = 10s;
  CHECK(record.score(options, 10'900ms) == 0);
  CHECK(record.score(options, 13'500ms) == doctest::Approx(0.03));
  CHECK(record.score(options, 1h) == doctest::Approx(0.1));
  record.grafted_at = wr::duration(-1);
  for (int count = 0; count < 20; ++count) record.delivered_first(options);
  CHECK(record.score(options, 100s) == doctest::Approx(10));
  record.penalty = 2;
  CHECK(record.score(options, 100s) == doctest::Approx(10 - 40));
}

TEST_CASE("what a peer did is forgotten by and by") {
  const score_options options;
  peer_record record;
  record.first_deliveries = 10;
  record.penalty = 1;
  record.decay(options);
  CHECK(record.first_deliveries == doctest::Approx(5));
  CHECK(record.penalty == doctest::Approx(0.986));
  for (int count = 0; count < 9; ++count) record.decay(options);
  CHECK(record.first_deliveries == 0);
  CHECK(record.penalty > 0.8);
  for (int count = 0; count < 400; ++count) record.decay(options);
  CHECK(record.penalty == 0);
}

}  // namespace peer_score_tests
