// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <midscale/light/store_clients.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include <midscale/light/small_services.hpp>

namespace store_clients_tests {

using namespace small_services;

namespace {

parameters with_archive(std::uint32_t messages) {
  parameters of = few_nodes();
  of.archive = messages;
  of.query_rate = 5;
  of.query_span = 100;
  return of;
}

}  // namespace

TEST_CASE("stores begin with an archive, and clients are given the time that they ask for, page by page") {
  run it(with_archive(2'000));
  for (std::uint32_t store = 0; store < 3; ++store)
    CHECK(it.light.services().fleet().archive(store).size() == 2'000);
  const measurements made = it.finish();
  const double queries = told_of(made, "queries");
  CHECK(queries > 200);  // 300 in the mean
  CHECK(queries < 400);
  CHECK(told_of(made, "queries_unanswered") == 0);
  // A hundred seconds of one message each in the mean; but none came since the run began, 10 to 70 s ago.
  CHECK(told_of(made, "entries_per_query") > 40);
  CHECK(told_of(made, "entries_per_query") < 80);
  // Two links of 50 ms, and a page of some entries.
  CHECK(told_of(made, "page_p50") == doctest::Approx(100).epsilon(0.01));
  CHECK(told_of(made, "query_p99") > 195);
  CHECK(told_of(made, "store_requests_max") >= told_of(made, "store_requests_mean"));
  CHECK(told_of(made, "store_requests_mean") * 3 * 60 >= queries);
  std::uint64_t bytes = 0;
  for (const second_of_run& each : made.seconds)
    bytes += each.bytes[static_cast<std::size_t>(protocol::store)].out;
  CHECK(static_cast<double>(bytes) > queries * told_of(made, "entries_per_query") * 1'000);
}

TEST_CASE("more queries and larger archives are more work for stores") {
  const auto load_of = [](std::uint32_t archive, double rate) {
    parameters of = with_archive(archive);
    of.query_rate = rate;
    run it(of);
    return told_of(it.finish(), "store_load_mean");
  };
  const double load = load_of(1'000, 5);
  CHECK(load > 0);
  CHECK(load_of(1'000, 20) > 3 * load);
  CHECK(load_of(20'000, 5) != load);
}

TEST_CASE("queries that stores do not answer are counted") {
  parameters of = with_archive(100);
  run it(of);
  for (std::uint32_t store = 0; store < 3; ++store) it.take_away(store, 11s, 69s);
  const measurements made = it.finish();
  CHECK(told_of(made, "queries_unanswered") > 0.9 * told_of(made, "queries"));
}

}  // namespace store_clients_tests
