// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/filter_subscriptions.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <cache/samples.hpp>
#include <service/filter_clients.hpp>

namespace filter_subscriptions_tests {

namespace ws = waku::reliability::services;
using namespace filter_clients;
using namespace std::chrono_literals;
using samples::at;

namespace {

using numbers = std::vector<std::uint32_t>;

// What a test needs to say of a node.
struct node {
  ws::profile profile;
  ws::filter_subscriptions subscriptions{7};
  numbers freed;

  auto note() {
    return [this](std::uint32_t slot) { freed.push_back(slot); };
  }

  std::uint32_t subscribe(std::uint32_t number, const topic_list& topics, wr::steady_time now,
                          std::string_view pubsub_topic = shard) {
    return subscriptions.subscribe(client(number), pubsub_topic, topics.views(), profile, now);
  }
  std::uint32_t unsubscribe(std::uint32_t number, const topic_list& topics, wr::steady_time now,
                            std::string_view pubsub_topic = shard) {
    return subscriptions.unsubscribe(client(number), pubsub_topic, topics.views(), profile, now, note());
  }
  std::size_t sweep(wr::steady_time now) {
    return subscriptions.sweep(profile.subscription_lifetime, now, note());
  }
  numbers matches(std::uint32_t topic_number, std::string_view pubsub_topic = shard) {
    numbers all;
    for (const auto& each : subscriptions.matches(pubsub_topic, topic(topic_number))) {
      CHECK(subscriptions.client(each.slot) == each.client);
      all.push_back(static_cast<std::uint32_t>(each.client));
    }
    return all;
  }
};

}  // namespace

TEST_CASE("messages match those who subscribed to their pubsub topic and content topic") {
  node it;
  CHECK(it.subscribe(2, topic_list(1, 2), at(0s)) == 200);
  CHECK(it.subscribe(1, topic_list(0, 2), at(0s)) == 200);
  CHECK(it.subscribe(3, topic_list(1, 1), at(0s), "/waku/2/rs/1/9") == 200);
  CHECK(it.matches(0) == numbers{1});
  CHECK(it.matches(1) == numbers{1, 2});
  CHECK(it.matches(1, "/waku/2/rs/1/9") == numbers{3});
  CHECK(it.unsubscribe(1, topic_list(1, 1), at(2s)) == 200);
  CHECK(it.matches(1) == numbers{2});
  CHECK(it.matches(0) == numbers{1});
  CHECK(it.freed.empty());
}

TEST_CASE("a subscriber is kept five minutes after it was last heard, and a ping is enough") {
  node it;
  it.subscribe(1, topic_list(0, 1), at(0s));
  it.subscribe(2, topic_list(0, 1), at(0s));
  CHECK(it.subscriptions.ping(client(1), at(4min)) == 200);
  CHECK(it.sweep(at(5min)) == 0);
  CHECK(it.matches(0) == numbers{1, 2});
  CHECK(it.sweep(at(6min)) == 1);
  CHECK(it.matches(0) == numbers{1});
  CHECK(it.freed == numbers{1});
  CHECK(it.subscriptions.ping(client(2), at(6min)) == 404);
  CHECK(it.subscriptions.ping(client(1), at(9min)) == 200);
}

TEST_CASE("subscribing and unsubscribing keep a subscriber too, what fails does not") {
  node it;
  for (std::uint32_t number = 0; number < 4; ++number) it.subscribe(number, topic_list(0, 2), at(0s));
  CHECK(it.subscribe(0, topic_list(0, 1), at(4min)) == 200);
  CHECK(it.unsubscribe(1, topic_list(0, 1), at(4min)) == 200);
  CHECK(it.unsubscribe(2, topic_list(5, 1), at(4min)) == 404);
  CHECK(it.subscribe(3, topic_list(0, 101), at(4min)) == 400);
  CHECK(it.sweep(at(6min)) == 2);
  CHECK(it.subscriptions.subscribed(client(0)));
  CHECK(it.subscriptions.subscribed(client(1)));
}

TEST_CASE("a request without criteria, with too many, or with too long ones is bad") {
  node it;
  CHECK(it.subscribe(1, topic_list(0, 0), at(0s)) == 400);
  CHECK(it.subscribe(1, topic_list(0, 101), at(0s)) == 400);
  CHECK(it.subscribe(1, topic_list(0, 1), at(0s), "") == 400);
  const std::string longest(it.profile.topic_bytes_max, 'x');
  CHECK(it.subscribe(1, topic_list({longest + "x"}), at(0s)) == 400);
  CHECK(it.subscribe(1, topic_list(0, 1), at(0s), longest + "x") == 400);
  CHECK(it.subscriptions.size() == 0);
  CHECK(it.subscribe(1, topic_list({longest}), at(0s), longest) == 200);
  CHECK(it.subscribe(1, topic_list(0, 100), at(0s)) == 200);
  CHECK(it.unsubscribe(1, topic_list(0, 0), at(0s)) == 400);
  CHECK(it.unsubscribe(1, topic_list(0, 101), at(0s)) == 400);
  CHECK(it.unsubscribe(1, topic_list(0, 1), at(0s), "") == 400);
}

TEST_CASE("an empty content topic is like any other to nwaku, and a bad request to go-waku") {
  node of_nwaku;
  CHECK(of_nwaku.subscribe(1, topic_list({topic(0), ""}), at(0s)) == 200);
  CHECK(of_nwaku.unsubscribe(1, topic_list({std::string()}), at(0s)) == 200);
  node of_go;
  of_go.profile = ws::go_waku_profile();
  CHECK(of_go.subscribe(1, topic_list({topic(0), ""}), at(0s)) == 400);
  CHECK(of_go.subscriptions.size() == 0);
  CHECK(of_go.subscribe(1, topic_list({topic(0)}), at(0s)) == 200);
  CHECK(of_go.unsubscribe(1, topic_list({std::string()}), at(0s)) == 400);
}

TEST_CASE("limits: a thousand criteria a peer, counted with repeats, and so many peers") {
  node it;
  it.profile.subscribers_max = 2;
  for (std::uint32_t chunk = 0; chunk < 9; ++chunk) {
    CHECK(it.subscribe(1, topic_list(chunk * 100, 100), at(0s)) == 200);
  }
  CHECK(it.subscribe(1, topic_list(900, 50), at(0s)) == 200);
  CHECK(it.subscribe(1, topic_list(0, 100), at(0s)) == 503);
  CHECK(it.subscribe(1, topic_list(0, 50), at(0s)) == 200);
  CHECK(it.subscriptions.criteria_of(client(1)) == 950);
  CHECK(it.subscribe(1, topic_list(950, 51), at(0s)) == 503);
  CHECK(it.subscribe(1, topic_list(950, 50), at(0s)) == 200);
  CHECK(it.subscriptions.criteria_of(client(1)) == 1'000);
  CHECK(it.subscribe(2, topic_list(0, 1), at(0s)) == 200);
  CHECK(it.subscribe(3, topic_list(0, 1), at(0s)) == 503);
  CHECK(it.subscriptions.size() == 2);
  CHECK(it.unsubscribe(2, topic_list(0, 1), at(0s)) == 200);
  CHECK(it.subscribe(3, topic_list(0, 1), at(0s)) == 200);
}

TEST_CASE("a full node takes no new subscribers; go-waku then refuses those it has, too, but for pings") {
  for (const bool refuses : {false, true}) {
    node it;
    it.profile.subscribers_max = 2;
    it.profile.full_refuses_refresh = refuses;
    CHECK(it.subscribe(1, topic_list(0, 1), at(0s)) == 200);
    CHECK(it.subscribe(1, topic_list(1, 1), at(0s)) == 200);
    CHECK(it.subscribe(2, topic_list(0, 1), at(0s)) == 200);
    CHECK(it.subscribe(3, topic_list(0, 1), at(0s)) == 503);
    CHECK(it.subscribe(1, topic_list(0, 1), at(0s)) == (refuses ? 503 : 200));
    CHECK(it.subscriptions.ping(client(1), at(0s)) == 200);
    CHECK(it.subscriptions.criteria_of(client(1)) == 2);
  }
  CHECK(ws::go_waku_profile().full_refuses_refresh);
}

TEST_CASE("a criterion is kept once, however often it is asked for") {
  node it;
  CHECK(it.subscribe(1, topic_list({"a", "b", "a", "a"}), at(0s)) == 200);
  CHECK(it.subscribe(1, topic_list({"b"}), at(0s)) == 200);
  CHECK(it.subscriptions.criteria_of(client(1)) == 2);
  CHECK(it.subscriptions.index().size() == 2);
  CHECK(it.unsubscribe(1, topic_list({"a", "a"}), at(0s)) == 200);
  CHECK(it.subscriptions.criteria_of(client(1)) == 1);
}

TEST_CASE("what is not subscribed cannot be unsubscribed, and without criteria one is no subscriber") {
  node it;
  CHECK(it.unsubscribe(1, topic_list(0, 1), at(0s)) == 404);
  it.subscribe(1, topic_list(0, 1), at(0s));
  it.subscribe(2, topic_list(5, 1), at(0s));
  CHECK(it.unsubscribe(1, topic_list(5, 1), at(0s)) == 404);
  CHECK(it.unsubscribe(1, topic_list(4, 2), at(0s)) == 404);
  CHECK(it.unsubscribe(1, topic_list(0, 2), at(0s)) == 200);
  CHECK_FALSE(it.subscriptions.subscribed(client(1)));
  CHECK(it.freed == numbers{0});
  CHECK_FALSE(it.subscriptions.remove(client(1), it.note()));
  CHECK(it.subscriptions.remove(client(2), it.note()));
  CHECK(it.subscriptions.index().size() == 0);
}

TEST_CASE("the memory of all subscriptions is bounded, and what is there can be refreshed at the bound") {
  node it;
  const std::string text(1'000, 'x');
  const auto list = [&](int first) {
    return topic_list({text + std::to_string(first), text + std::to_string(first + 1)});
  };
  // Room for ten topics and not a byte more.
  it.profile.criteria_bytes_max = 10 * ws::filter_index::cost(shard, text + "10");
  std::uint32_t number = 0;
  while (it.subscribe(number, list(static_cast<int>(2 * number) + 10), at(0s)) == 200) ++number;
  CHECK(number == 5);
  CHECK(it.subscriptions.size() == 5);
  CHECK(it.subscriptions.index().bytes() == it.profile.criteria_bytes_max);
  CHECK(it.subscribe(0, list(10), at(1s)) == 200);
  CHECK(it.subscribe(9, list(10), at(1s)) == 503);
  CHECK(it.subscriptions.remove(client(1), it.note()));
  CHECK(it.subscribe(8, list(50), at(1s)) == 200);
}

TEST_CASE("many that leave at once are all gone, and those who shared their criteria stay") {
  node it;
  for (std::uint32_t number = 0; number < 500; ++number) {
    it.subscribe(number, topic_list(number % 7, 20), at(number % 2 == 0 ? 0s : 240s));
  }
  CHECK(it.sweep(at(6min)) == 250);
  CHECK(it.freed.size() == 250);
  for (std::uint32_t topic_number = 0; topic_number < 26; ++topic_number) {
    numbers expected;
    for (std::uint32_t number = 1; number < 500; number += 2) {
      if (number % 7 <= topic_number && topic_number < number % 7 + 20) expected.push_back(number);
    }
    CHECK(it.matches(topic_number) == expected);
  }
  CHECK(it.sweep(at(10min)) == 250);
  CHECK(it.subscriptions.index().size() == 0);
  CHECK(it.subscriptions.index().bytes() == 0);
}

}  // namespace filter_subscriptions_tests
