// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/engine/action.hpp>

namespace waku::reliability {

/// What must outlive a restart: nothing of it refers to peers, operations or steady time. Store it as you
/// like; restore() takes it into an engine that has done nothing yet.
template <class Message>
struct snapshot {
  /// A message without an outcome, or whose outcome has not been polled.
  struct outgoing_message {
    request_id request{};
    std::string pubsub_topic;
    Message message;
    bool stamped = false;    ///< it has its timestamp
    bool own_stamp = false;  ///< which the engine gave it, and may replace (R34)
    bool accepted = false;
    bool may_be_out = false;  ///< some attempt was accepted, or ended unknown, or was in flight
    bool propagation_told = false;
    bool shown = false;  ///< to the application, or known there before
    std::uint32_t transmissions = 0;
    duration age{};  ///< since publish(), when the snapshot was taken
  };
  /// An outcome that was decided and not polled.
  struct report {
    request_id request{};
    std::optional<message_hash> hash;
    reliability::outcome outcome;
  };
  /// A message that was received and not polled.
  struct delivery {
    std::string pubsub_topic;
    message_hash hash;
    delivered_by by{};
    Message message;
  };
  /// A hash that must not be shown again.
  struct seen_hash {
    message_hash hash;
    duration age{};  ///< since it was received
  };
  /// The newest timestamp among messages that were received together, see receipt_history.
  struct receipt {
    duration age{};  ///< since they were received
    wall_time newest{};
  };
  /// How far a subscription was audited (R12). After restore() it is subscribed again.
  struct subscription {
    std::string pubsub_topic;
    std::string content_topic;
    wall_time subscribed_at{};
    std::optional<wall_time> audited_until;
    std::optional<wall_time> last_contact;  ///< of the pubsub topic
  };

  wall_time taken_at{};
  std::uint64_t requests = 0;  ///< accepted so far, so that no id is used twice
  wall_time last_stamp{};
  wall_time latest_clock{};  ///< `taken_at` by the fastest wall clock that there was
  std::vector<outgoing_message> outgoing;
  std::vector<propagated> propagations;  ///< told, and not polled
  std::vector<report> reports;
  std::vector<delivery> deliveries;
  std::vector<seen_hash> seen;  ///< oldest first
  std::vector<receipt> receipts;  ///< of `seen`, oldest first
  std::optional<wall_time> newest_forgotten;  ///< newest timestamp of a message no more in `seen`
  std::vector<subscription> subscriptions;
};

}  // namespace waku::reliability
