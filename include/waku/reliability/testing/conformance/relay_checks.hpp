// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <waku/reliability/testing/conformance/trial.hpp>

/// Checks of relay.
namespace waku::reliability::testing::conformance {

/// Joins a pubsub topic and waits until the transport tells of neighbours there.
template <class Trial>
bool join(Trial& it, std::size_t on = 0) {
  it.transport().relay_join(it.topic(on));
  return it.wait([&] {
    for (const auto& news : it.heard().relay_peers()) {
      if (news.pubsub_topic == it.topic(on) && news.peers > 0) return true;
    }
    return false;
  });
}

struct relay_tells_peers {
  static constexpr check_description about{
      "relay.peers", "after relay_join() the number of neighbours on that topic is told by relay_peers()"};

  template <class Trial>
  static void run(Trial& it) {
    if (!join(it)) return it.fail("no neighbours were told; without them nothing is published by relay");
    const auto& news = it.heard().relay_peers().back();
    if (news.peers != it.fixture().relay_neighbours()) it.fail(std::to_string(news.peers) + " were told");
  }
};

struct relay_keeps_message {
  static constexpr check_description about{"relay.publish",
                                           "a message reaches the neighbours unchanged on its topic, and the "
                                           "operation ends once with the count of "
                                           "peers that it was written to"};

  template <class Trial>
  static void run(Trial& it) {
    static_cast<void>(join(it, 1));
    for (const message& original : awkward_messages(it.content_topic(1), it.options().payload_bytes)) {
      const operation_id operation = it.relay_publish(original, 1);
      const auto number = it.arrival(operation);
      if (!number) return;
      const auto& arrived = it.arrivals()[*number];
      const std::string changed =
          arrived.message ? changed_fields(original, *arrived.message) : "the whole message";
      if (!changed.empty()) return it.fail("changed on the way: " + changed);
      if (arrived.pubsub_topic != it.topic(1)) return it.fail("published on " + arrived.pubsub_topic);
      const auto how = it.end_of(operation);
      if (!how) return;
      it.listen();
      const std::size_t ends = it.heard().ends_of(operation).size();
      if (ends != 1) return it.fail("the operation ended " + std::to_string(ends) + " times");
      const auto* reply = std::get_if<relay_reply>(&*how);
      if (reply == nullptr || reply->peer_count == 0 || reply->peer_count > it.fixture().relay_neighbours()) {
        return it.fail("the operation ended with " + describe(*how));
      }
    }
  }
};

struct relay_tells_messages {
  static constexpr check_description about{
      "relay.message", "a message of a joined topic is told by relay_message(), unchanged and on its topic"};

  template <class Trial>
  static void run(Trial& it) {
    static_cast<void>(join(it, 0));
    static_cast<void>(join(it, 1));
    std::size_t on = 0;
    for (const message& original : awkward_messages(it.content_topic(1), it.options().payload_bytes)) {
      const std::size_t before = it.heard().messages().size();
      on = 1 - on;
      it.fixture().relay(it.topic(on), it.carried(original));
      if (!it.wait([&] { return it.heard().messages().size() > before; })) {
        return it.fail("a message of a joined topic was not told");
      }
      const auto& told = it.heard().messages().back();
      if (!told.by_relay) return it.fail("a relay message was told as a filter push");
      if (told.pubsub_topic != it.topic(on)) return it.fail("told on the topic " + told.pubsub_topic);
      const std::string changed = changed_fields(original, told.message);
      if (!changed.empty()) return it.fail("changed on the way: " + changed);
    }
  }
};

struct relay_leaves {
  static constexpr check_description about{
      "relay.leave",
      "after relay_leave() the topic's messages come no more, and those of other topics still do"};

  template <class Trial>
  static void run(Trial& it) {
    static_cast<void>(join(it, 0));
    static_cast<void>(join(it, 1));
    it.transport().relay_leave(it.topic(0));
    it.listen();
    const std::size_t before = it.heard().messages().size();
    it.fixture().relay(it.topic(0), it.carried(it.sample(1)));
    it.fixture().relay(it.topic(1), it.carried(it.sample(2)));
    static_cast<void>(it.wait([&] { return it.heard().messages().size() > before; }));
    it.listen();
    bool other = false;
    for (std::size_t each = before; each < it.heard().messages().size(); ++each) {
      if (it.heard().messages()[each].pubsub_topic == it.topic(0))
        return it.fail("the topic's message was told");
      other = true;
    }
    if (!other) it.fail("a message of the topic that was not left was lost");
  }
};

}  // namespace waku::reliability::testing::conformance
