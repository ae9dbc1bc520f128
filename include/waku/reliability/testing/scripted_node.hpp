// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/result.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/testing/mock_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// A node on a mock transport in virtual time, all in one, for tests of a few lines:
///
///     scripted_node<wr::light_client> it;
///     it.transport.discover(3);
///     const auto id = it.node.publish(it.topic, it.make_message("hello"));
///     it.clock.run_for(5s);
///     CHECK(it.transport.count(wr::operation_kind::lightpush) == 2);
template <policy_set Policies, waku_message Message = message, capability_set Capabilities = all_capabilities>
struct scripted_node {
  using transport_type = mock_transport<Message, Capabilities>;
  using host_type = test_host<Message>;
  using node_type = reliability::node<Policies, transport_type, Message, host_type>;

  static constexpr std::string_view topic = "/waku/2/rs/1/0";
  static constexpr std::string_view content_topic = "/test/1/chat/proto";

  explicit scripted_node(const options& numbers = {}) : node(transport, host, numbers) {
    host.drive(node);
  }

  /// Subscribes and lets the requests go out.
  result<void> subscribe(std::initializer_list<std::string_view> content_topics = {content_topic}) {
    const std::vector<std::string_view> topics(content_topics);
    const result<void> answer = node.subscribe(topic, topics);
    settle();
    return answer;
  }
  /// Publishes a message made from `text` and lets the first requests go out.
  result<request_id> publish(std::string_view text) {
    const result<request_id> answer = node.publish(topic, make_message(text));
    settle();
    return answer;
  }
  /// Runs what is due now, without letting time pass.
  void settle() { clock.run_for(duration::zero()); }

  /// A message on `content_topic` with the present as its timestamp, so that equal texts differ by it.
  [[nodiscard]] Message make_message(std::string_view text, std::string_view on = content_topic) const {
    Message made;
    for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
    made.content_topic = on;
    made.timestamp = host.now().wall.time_since_epoch().count();
    return made;
  }
  /// The hash that the node gives to a message on `topic`.
  [[nodiscard]] message_hash hash_of(const Message& made) { return host.hasher()(hashed_parts(topic, made)); }

  virtual_clock clock;
  transport_type transport{clock};
  host_type host{clock};
  node_type node;
};

}  // namespace waku::reliability::testing
