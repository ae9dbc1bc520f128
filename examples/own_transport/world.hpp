// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/core/message_hasher.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>

#include "stack.hpp"

namespace own {

/// A network of two service nodes that pass messages on to each other, keep them, and push them to whoever
/// has subscribed. Just enough of one to carry a conversation.
class world {
 public:
  /// Connects a stack to both nodes.
  void add(stack& member) {
    for (const char* const name : {"north", "south"}) {
      peer node;
      node.serve = [this, &member, name](const request& asked, const std::function<void(answer)>& respond) {
        respond(std::visit([&](const auto& each) { return serve(member, name, each); }, asked));
      };
      member.set_peer(name, std::move(node));
    }
  }

 private:
  struct stored {
    std::string topic;
    wr::message_hash hash;
    wr::message message;
  };
  struct subscriber {
    stack* member;
    std::string node;
    std::string topic;
    std::vector<std::string> content_topics;
  };

  answer serve(stack& /*member*/, const std::string& /*node*/, const push_request& asked) {
    const wr::message_hash hash = wr::testing::fast_hasher()(wr::hashed_parts(asked.topic, asked.message));
    const bool known =
        std::any_of(archive_.begin(), archive_.end(), [&](const stored& each) { return each.hash == hash; });
    if (!known) {
      archive_.push_back({asked.topic, hash, asked.message});
      for (const subscriber& each : subscribers_) {
        if (each.topic == asked.topic && has(each.content_topics, asked.message.content_topic)) {
          each.member->push(each.node, asked.topic, {asked.message});
        }
      }
    }
    return push_answer{200, 1, {}};
  }
  answer serve(stack& member, const std::string& node, const filter_request& asked) {
    const auto own = std::find_if(subscribers_.begin(), subscribers_.end(), [&](const subscriber& each) {
      return each.member == &member && each.node == node && each.topic == asked.topic;
    });
    switch (asked.what) {
      case filter_request::verb::subscribe:
        subscribers_.push_back({&member, node, asked.topic, asked.content_topics});
        return filter_answer{200};
      case filter_request::verb::unsubscribe:
        if (own == subscribers_.end()) return filter_answer{404};
        subscribers_.erase(own);
        return filter_answer{200};
      case filter_request::verb::ping: break;
    }
    return filter_answer{own == subscribers_.end() ? 404U : 200U};
  }
  // Everything on one page: nobody says much here.
  answer serve(stack& /*member*/, const std::string& /*node*/, const history_request& asked) {
    history_answer given{200, {}, {}};
    for (const stored& each : archive_) {
      const std::int64_t at = each.message.timestamp;
      const bool wanted =
          asked.hashes.empty()
              ? each.topic == asked.topic && at >= asked.from_ns && at <= asked.to_ns &&
                    has(asked.content_topics, each.message.content_topic)
              : std::find(asked.hashes.begin(), asked.hashes.end(), each.hash) != asked.hashes.end();
      if (!wanted) continue;
      history_row& row = given.rows.emplace_back();
      row.hash = each.hash;
      if (asked.with_messages) row.message = each.message;
    }
    return given;
  }
  static bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  std::vector<stored> archive_;
  std::vector<subscriber> subscribers_;
};

}  // namespace own
