// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/adapter/rest/http_client.hpp>
#include <waku/reliability/adapter/rest/node_address.hpp>
#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::rest {

/// What a node keeps for us under one topic, and when it is read next: soon while there is something, ever later
/// while there is nothing.
struct mailbox {
  exchange_id exchange = 0;  ///< the reading or subscribing that is under way
  steady_time due{};
  duration interval{};
  bool open = false;   ///< the node keeps messages for us
  bool asked = false;  ///< it has answered whether it does; relay only

  /// Plans the next reading.
  void next(steady_time now, bool found_something, duration shortest, duration longest) {
    interval = found_something ? shortest : std::clamp<duration>(2 * interval, shortest, longest);
    due = now + interval;
  }
};

/// A pubsub topic, and a content topic or, for relay, nothing.
using mailbox_topics = std::pair<std::string, std::string>;

/// Why a node of the pool is not there.
enum class node_trouble_kind : std::uint8_t {
  unreachable,  ///< no connection, or no answer on it
  unverified,   ///< over https: its certificate is not trusted, or is for another name
  unwell,       ///< it answers that it does not serve
};
struct node_trouble {
  node_trouble_kind kind{};
  std::string why{};  ///< for a person, in libcurl's words or ours
};

/// A REST node of the pool.
struct pooled_node {
  node_address address{};
  std::string store_address{};
  bool here = false;    ///< it answered when it was last asked for its health
  bool legacy = false;  ///< it has no lightpush v3
  exchange_id probe = 0;
  steady_time probe_due{};
  duration return_wait{};  ///< until it is asked again, the last time that it was not there
  std::optional<node_trouble> trouble{};
  std::map<mailbox_topics, mailbox> mailboxes{};
  std::size_t reading = 0;  ///< mailboxes with an exchange under way

  using mailbox_place = std::map<mailbox_topics, mailbox>::iterator;
  using mailbox_entry = std::map<mailbox_topics, mailbox>::value_type;

  /// The mailbox that has waited longest of those that are not read now. O(mailboxes).
  [[nodiscard]] mailbox_place longest_due() {
    auto found = mailboxes.end();
    for (auto each = mailboxes.begin(); each != mailboxes.end(); ++each) {
      if (each->second.exchange != 0) continue;
      if (found == mailboxes.end() || each->second.due < found->second.due) found = each;
    }
    return found;
  }
  /// True where this content topic is read under another pubsub topic.
  [[nodiscard]] bool has_elsewhere(std::string_view pubsub_topic, std::string_view content_topic) const {
    return std::any_of(mailboxes.begin(), mailboxes.end(), [&](const auto& each) {
      return each.first.second == content_topic && each.first.first != pubsub_topic;
    });
  }
};

}  // namespace waku::reliability::rest
