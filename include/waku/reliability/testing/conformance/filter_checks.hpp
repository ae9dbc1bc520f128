// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <waku/reliability/testing/conformance/trial.hpp>

/// Checks of filter.
namespace waku::reliability::testing::conformance {

struct filter_keeps_criteria {
  static constexpr check_description about{
      "filter.criteria",
      "SUBSCRIBE and UNSUBSCRIBE carry the pubsub topic and all of up to 100 content topics, in one request"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : {operation_kind::filter_subscribe, operation_kind::filter_unsubscribe}) {
      for (const std::uint32_t count : {1U, 100U}) {
        const std::size_t before = it.arrivals().size();
        const operation_id operation = it.change_criteria(kind, 1, 0, count, 1);
        const auto number = it.arrival(operation);
        if (!number) return;
        it.listen();
        if (it.arrivals().size() != before + 1) return it.fail("one request arrived as several");
        const auto& request = it.arrivals()[*number];
        if (request.pubsub_topic != it.topic(1)) return it.fail("it was for " + request.pubsub_topic);
        std::vector<std::string> wanted;
        for (std::uint32_t each = 1; each <= count; ++each) wanted.push_back(it.content_topic(each));
        std::vector<std::string> got = request.content_topics;
        std::sort(wanted.begin(), wanted.end());
        std::sort(got.begin(), got.end());
        if (got != wanted) {
          return it.fail("of " + std::to_string(count) + " content topics " + std::to_string(got.size()) +
                         " arrived" + (got.size() == count ? ", others than asked" : ""));
        }
        if (!it.answer(*number, it.good_answer(kind)) || !it.end_of(operation)) return;
      }
    }
  }
};

/// Subscribes at a peer; false when it did not work.
template <class Trial>
bool subscribe(Trial& it, std::size_t peer, std::size_t on = 0) {
  const operation_id operation = it.change_criteria(operation_kind::filter_subscribe, 1, peer, 1, on);
  return it.conclude(operation, it.good_answer(operation_kind::filter_subscribe)).has_value();
}

/// Has a peer push these samples on one stream, and compares what the sink is told.
template <class Trial>
bool push_arrives(Trial& it, std::size_t peer, const std::vector<message>& samples, std::size_t on = 0) {
  const std::size_t before = it.heard().messages().size();
  std::vector<typename Trial::message_type> pushed;
  for (const message& each : samples) pushed.push_back(it.carried(each));
  it.fixture().push(peer, it.topic(on), pushed);
  const auto arrived = [&] { return it.heard().messages().size() - before; };
  static_cast<void>(it.wait([&] { return arrived() >= samples.size(); }));
  if (arrived() == samples.size()) return true;
  it.fail("of " + std::to_string(samples.size()) + " messages pushed on one stream " +
          std::to_string(arrived()) + " arrived");
  return false;
}

struct filter_push_order {
  static constexpr check_description about{
      "filter.pushes_of_one_stream", "every message that a peer pushes on one stream arrives, in its order"};

  template <class Trial>
  static void run(Trial& it) {
    if (!subscribe(it, 0)) return;
    std::vector<message> samples;
    for (std::uint32_t number = 1; number <= 5; ++number) {
      samples.push_back(sample_message(number, it.content_topic(1)));
    }
    if (!push_arrives(it, 0, samples)) return;
    for (std::size_t each = 0; each < samples.size(); ++each) {
      using traits = message_traits<typename Trial::message_type>;
      const auto number = sample_number(traits::payload(it.heard().messages()[each].message));
      if (number == each + 1) continue;
      return it.fail("message " + std::to_string(number) + " arrived in place " + std::to_string(each + 1));
    }
  }
};

struct filter_push_keeps_message {
  static constexpr check_description about{
      "filter.push_message",
      "a pushed message arrives with payload, content topic, meta, timestamp and ephemeral flag unchanged"};

  template <class Trial>
  static void run(Trial& it) {
    if (!subscribe(it, 0)) return;
    for (const message& original : awkward_messages(it.content_topic(1), it.options().payload_bytes)) {
      if (!push_arrives(it, 0, {original})) return;
      const std::string changed = changed_fields(original, it.heard().messages().back().message);
      if (!changed.empty()) return it.fail("changed on the way: " + changed);
    }
  }
};

struct filter_push_keeps_origin {
  static constexpr check_description about{
      "filter.push_origin", "a push is told with the peer that sent it and the pubsub topic that it names"};

  template <class Trial>
  static void run(Trial& it) {
    for (const std::size_t peer : {0U, 1U}) {
      for (const std::size_t on : {1U, 0U}) {
        if (!subscribe(it, peer, on) || !push_arrives(it, peer, {it.sample(1)}, on)) return;
        const auto& push = it.heard().messages().back();
        if (push.by_relay) return it.fail("a filter push was told as a relay message");
        if (push.peer != it.fixture().peer(peer)) return it.fail("the push was told as another peer's");
        if (push.pubsub_topic != it.topic(on)) return it.fail("told on the topic " + push.pubsub_topic);
      }
    }
  }
};

struct filter_push_before_reply {
  static constexpr check_description about{
      "filter.push_before_reply", "a push that comes before the SUBSCRIBE reply is told like any other"};

  template <class Trial>
  static void run(Trial& it) {
    const operation_id operation = it.change_criteria(operation_kind::filter_subscribe, 1);
    const auto number = it.arrival(operation);
    if (!number || !push_arrives(it, 0, {it.sample(1)})) return;
    if (!it.answer(*number, it.good_answer(operation_kind::filter_subscribe))) return;
    static_cast<void>(it.end_of(operation));
  }
};

}  // namespace waku::reliability::testing::conformance
