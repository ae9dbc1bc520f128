// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/testing/mock_transport.hpp>
#include <waku/reliability/testing/test_host.hpp>

#include <generic/world_surroundings.hpp>

/// A node of any policy set over a scripted transport in virtual time: what scripted_node is for one set.
namespace generic {

namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using request = wt::recorded_request<message>;
using wr::operation_kind;

/// Where a node lives, and what outlives it. One node at a time.
class scripted_world final : public world_surroundings<scripted_world> {
 public:
  static constexpr std::string_view topic = "/waku/2/rs/1/0";
  static constexpr std::string_view content_topic = "/test/1/chat/proto";

  explicit scripted_world(const policy_case& tried, wr::options numbers = {})
      : tried_(tried), numbers_(std::move(numbers)) {
    begin();
  }
  ~scripted_world() { host.release(); }

  /// The node ends as a program ends, and another takes its place; it knows what the snapshot holds.
  void restart(wr::snapshot<message> kept) {
    host.release();
    node_.reset();
    begin();
    restored_ = node_->restore(std::move(kept)).has_value();
    settle();
  }
  [[nodiscard]] bool restored() const { return restored_; }

  /// Three nodes appear that serve all that the transport speaks, and five relay peers.
  void meet_peers() {
    const wr::capability_set has = tried_.facts.has;
    if (has.relay) transport.sink().relay_peers(topic, 5);
    transport.discover(3, {has.lightpush, has.filter, has.store, false});
    settle();
  }
  void settle() { clock.run_for(wr::duration::zero()); }

  [[nodiscard]] driven_node& node() { return *node_; }
  [[nodiscard]] const policy_facts& facts() const { return tried_.facts; }
  [[nodiscard]] message make_message(std::string_view text) const {
    message made;
    for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
    made.content_topic = content_topic;
    made.timestamp = host.now().wall.time_since_epoch().count();
    return made;
  }
  [[nodiscard]] wr::message_hash hash_of(const message& made) {
    return host.hasher()(wr::hashed_parts(topic, made));
  }
  wr::result<wr::request_id> publish(std::string_view text) {
    auto answer = node_->publish(topic, make_message(text));
    settle();
    return answer;
  }
  wr::result<void> subscribe() {
    const std::array topics{content_topic};
    auto answer = node_->subscribe(topic, topics);
    settle();
    return answer;
  }

  wt::virtual_clock clock;
  wt::mock_transport<> transport{clock};
  wt::test_host<> host{clock};

 private:
  void begin() {
    node_ = tried_.make(*this, numbers_);
    host.drive(*node_);
  }

  const policy_case& tried_;
  wr::options numbers_;
  std::unique_ptr<driven_node> node_;
  bool restored_ = false;
};

}  // namespace generic
