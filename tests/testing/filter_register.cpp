// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/filter_register.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <numeric>
#include <vector>

#include <cache/samples.hpp>

namespace filter_register_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using samples::at;

namespace {

wt::message_facts on_topic(std::uint32_t content_topic) {
  wt::message_facts facts;
  facts.content_topic = content_topic;
  return facts;
}
std::vector<std::uint32_t> topics(std::uint32_t first, std::uint32_t count) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), first);
  return all;
}

using clients = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("messages go to those who subscribed to their topic") {
  wt::filter_register it;
  const wt::service_profile profile;
  CHECK(it.subscribe(1, 0, topics(0, 2), profile, at(0s)) == 200);
  CHECK(it.subscribe(2, 0, topics(1, 2), profile, at(0s)) == 200);
  CHECK(it.subscribe(3, 9, topics(1, 1), profile, at(0s)) == 200);
  CHECK(it.take_in(0, on_topic(0), profile, at(1s)) == clients{1});
  CHECK(it.take_in(1, on_topic(1), profile, at(1s)) == clients{1, 2});
  CHECK(it.unsubscribe(1, 0, topics(1, 1), profile, at(2s)) == 200);
  CHECK(it.take_in(2, on_topic(1), profile, at(3s)) == clients{2});
  CHECK(it.take_in(3, on_topic(0), profile, at(3s)) == clients{1});
}

TEST_CASE("a subscriber is kept five minutes after it was last heard, and a ping is enough") {
  wt::filter_register it;
  const wt::service_profile profile;
  it.subscribe(1, 0, topics(0, 1), profile, at(0s));
  it.subscribe(2, 0, topics(0, 1), profile, at(0s));
  CHECK(it.ping(1, profile, at(4min)) == 200);
  CHECK(it.take_in(0, on_topic(0), profile, at(5min)) == clients{1, 2});
  CHECK(it.take_in(1, on_topic(0), profile, at(6min)) == clients{1});
  CHECK(it.ping(2, profile, at(6min)) == 404);
  CHECK(it.ping(1, profile, at(9min)) == 200);
}

TEST_CASE("a message is not pushed again within two minutes, and each repeat renews them") {
  wt::filter_register it;
  wt::service_profile profile;
  it.subscribe(1, 0, topics(0, 1), profile, at(0s));
  CHECK(it.take_in(7, on_topic(0), profile, at(1s)).size() == 1);
  CHECK(it.take_in(7, on_topic(0), profile, at(100s)).empty());
  CHECK(it.take_in(7, on_topic(0), profile, at(200s)).empty());
  CHECK(it.take_in(7, on_topic(0), profile, at(321s)).size() == 1);
  profile.push_memory = {};
  CHECK(it.take_in(7, on_topic(0), profile, at(322s)).size() == 1);
}

TEST_CASE(
    "limits: a hundred topics a request, a thousand criteria a peer counted with repeats, and so many "
    "peers") {
  wt::filter_register it;
  wt::service_profile profile;
  profile.subscribers_max = 2;
  CHECK(it.subscribe(1, 0, topics(0, 101), profile, at(0s)) == 400);
  CHECK(it.subscribe(1, 0, {}, profile, at(0s)) == 400);
  for (std::uint32_t chunk = 0; chunk < 9; ++chunk) {
    CHECK(it.subscribe(1, 0, topics(chunk * 100, 100), profile, at(0s)) == 200);
  }
  CHECK(it.subscribe(1, 0, topics(900, 50), profile, at(0s)) == 200);
  CHECK(it.subscribe(1, 0, topics(0, 100), profile, at(0s)) == 503);
  CHECK(it.subscribe(1, 0, topics(0, 50), profile, at(0s)) == 200);
  CHECK(it.subscribe(2, 0, topics(0, 1), profile, at(0s)) == 200);
  CHECK(it.subscribe(3, 0, topics(0, 1), profile, at(0s)) == 503);
  CHECK(it.subscribers() == 2);
}

TEST_CASE("what is not subscribed cannot be unsubscribed, and a restart forgets everybody") {
  wt::filter_register it;
  const wt::service_profile profile;
  CHECK(it.unsubscribe(1, 0, topics(0, 1), profile, at(0s)) == 404);
  it.subscribe(1, 0, topics(0, 1), profile, at(0s));
  CHECK(it.unsubscribe(1, 0, topics(5, 1), profile, at(0s)) == 404);
  CHECK(it.unsubscribe(1, 0, topics(0, 1), profile, at(0s)) == 200);
  CHECK_FALSE(it.subscribed(1));
  it.subscribe(1, 0, topics(0, 1), profile, at(0s));
  it.subscribe(2, 0, topics(0, 1), profile, at(0s));
  CHECK(it.forget_all() == 2);
  CHECK(it.ping(1, profile, at(1s)) == 404);
}

}  // namespace filter_register_tests
