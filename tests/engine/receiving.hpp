// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability.hpp>
#include <waku/reliability/testing/scripted_node.hpp>

#include "engine/publishing.hpp"

/// What the tests of receiving share: policy sets with one strategy each, stores that hold messages and
/// answer in pages, and questions to the transport's record.
namespace receiving {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using publishing::exact_times;
using publishing::filters_only;
using publishing::notice_log;
using publishing::peer;
using publishing::request;
using publishing::stores_only;
using wr::operation_kind;

inline constexpr wr::peer_protocols legacy_store_only{.legacy_store = true};

/// S2 alone: filter, and a periodic audit of the window.
struct window_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit,
                                    wr::accepted_is_enough, notice_log> {};

/// S3: one query for what was published and what was missed.
struct combined_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::periodic_audit, wr::store_audit, notice_log> {};

/// F4 alone: filter, and a store query after each outage.
struct reconnect_client : wr::policies<wr::lightpush_only, wr::filter_only, wr::on_reconnect,
                                       wr::accepted_is_enough, notice_log> {};

/// F1 to F3 alone: filter, and no store.
struct filter_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::no_recovery, wr::accepted_is_enough, notice_log> {
};

/// What one store node holds. It answers as the specification of the store says: inclusive start, exclusive
/// end, oldest first, a cursor while there is more.
class archive {
 public:
  wr::message_hash hold(const wr::message& kept,
                        std::string_view pubsub_topic = wt::scripted_node<window_client>::topic) {
    const wr::message_hash hash = wt::fast_hasher{}(wr::hashed_parts(pubsub_topic, kept));
    rows_.push_back({hash, kept, std::string(pubsub_topic), true});
    std::stable_sort(rows_.begin(), rows_.end(),
                     [](const row& a, const row& b) { return a.body.timestamp < b.body.timestamp; });
    return hash;
  }
  /// Goes on listing the hash, and gives no body.
  void lose_body(const wr::message_hash& hash) {
    for (row& each : rows_) each.has_body = each.has_body && each.hash != hash;
  }
  void find_body(const wr::message_hash& hash) {
    for (row& each : rows_) each.has_body = each.has_body || each.hash == hash;
  }
  void forget(const wr::message_hash& hash) {
    std::erase_if(rows_, [&](const row& each) { return each.hash == hash; });
  }

  [[nodiscard]] wr::store_reply<wr::message> answer(const request& made) const {
    wr::store_reply<wr::message> reply;
    reply.status = 200;
    bool passed_cursor = made.cursor.empty();
    for (const row& each : rows_) {
      if (!fits(each, made)) continue;
      if (!passed_cursor) {
        passed_cursor = cursor_of(each) == made.cursor;
        continue;
      }
      if (reply.entries.size() == made.limit) {
        reply.cursor = cursor_of_hash(reply.entries.back().hash);
        break;
      }
      wr::store_entry<wr::message> entry;
      entry.hash = each.hash;
      if (made.include_data) entry.body = each.body;
      if (made.legacy) entry.hash = {};
      if (made.include_data && !made.hashes.empty() && !each.has_body) continue;
      reply.entries.push_back(std::move(entry));
    }
    return reply;
  }

 private:
  struct row {
    wr::message_hash hash;
    wr::message body;
    std::string pubsub_topic;
    bool has_body = true;
  };

  static wr::store_cursor cursor_of_hash(const wr::message_hash& hash) {
    return {hash.bytes.begin(), hash.bytes.end()};
  }
  static wr::store_cursor cursor_of(const row& each) { return cursor_of_hash(each.hash); }
  static bool fits(const row& each, const request& made) {
    if (!made.hashes.empty()) {
      return std::find(made.hashes.begin(), made.hashes.end(), each.hash) != made.hashes.end();
    }
    const wr::wall_time stamp{wr::duration(each.body.timestamp)};
    return each.pubsub_topic == made.pubsub_topic && stamp >= *made.time_start && stamp < *made.time_end &&
           std::find(made.content_topics.begin(), made.content_topics.end(), each.body.content_topic) !=
               made.content_topics.end();
  }

  std::vector<row> rows_;
};

/// Lets every store of the node answer from one archive, which must outlive the node's last query.
template <class Node>
void serve(Node& it, const archive& from) {
  it.transport.otherwise(operation_kind::store_query).answer_with([&from](const request& made) {
    return wt::any_reply<wr::message>(from.answer(made));
  });
}
/// Lets each store answer from an archive of its own; stores without one hold nothing.
template <class Node>
void serve(Node& it, const std::map<wr::peer_id, archive>& from) {
  it.transport.otherwise(operation_kind::store_query).answer_with([&from](const request& made) {
    const auto own = from.find(*made.peer);
    return wt::any_reply<wr::message>(own == from.end() ? archive{}.answer(made) : own->second.answer(made));
  });
}

/// Peers appear and are known at once; their numbers run from `first` to `last`.
template <class Node>
void discover(Node& it, std::uint32_t first, std::uint32_t last, wr::peer_protocols protocols) {
  for (std::uint32_t number = first; number <= last; ++number) {
    it.transport.sink().peer_appeared(peer(number), protocols);
  }
  it.settle();
}

/// A message as others make it: its timestamp is the true time, whatever the node's clock says.
template <class Node>
wr::message others_message(const Node& it, std::string_view text,
                           std::string_view content_topic = Node::content_topic) {
  wr::message made = it.make_message(text, content_topic);
  made.timestamp = it.clock.wall().time_since_epoch().count();
  return made;
}

/// Pushes a message by a filter node and lets the node take it in.
template <class Node>
void push(Node& it, std::uint32_t from, const wr::message& what) {
  it.transport.sink().filter_push(peer(from), Node::topic, what);
  it.settle();
}

// Questions to the record. `after` leaves out what came before that steady time.

template <class Node>
std::vector<const request*> content_queries(const Node& it, wr::steady_time after = {}) {
  return it.transport.requests_where(
      [after](const request& each) { return each.is_content_query() && each.at.steady >= after; });
}
template <class Node>
std::vector<const request*> lookup_queries(const Node& it, wr::steady_time after = {}) {
  return it.transport.requests_where(
      [after](const request& each) { return each.is_lookup() && each.at.steady >= after; });
}
template <class Node>
std::vector<const request*> presence_queries(const Node& it) {
  return it.transport.requests_where([](const request& each) { return each.is_presence_query(); });
}
/// Requests of one kind at one peer.
template <class Node>
std::vector<const request*> requests_at(const Node& it, operation_kind kind, std::uint32_t at,
                                        wr::steady_time after = {}) {
  return it.transport.requests_where([=](const request& each) {
    return each.kind == kind && each.peer == peer(at) && each.at.steady >= after;
  });
}
/// The peers of some requests.
inline std::set<wr::peer_id> peers_of(const std::vector<const request*>& requests) {
  std::set<wr::peer_id> found;
  for (const request* each : requests) found.insert(*each->peer);
  return found;
}
/// The times of some requests, from the start of the clock.
template <class Node>
std::vector<wr::duration> times_of(const Node& it, const std::vector<const request*>& requests) {
  std::vector<wr::duration> found;
  const wr::steady_time begin = it.clock.steady() - it.clock.elapsed();
  for (const request* each : requests) found.push_back(each->at.steady - begin);
  return found;
}
/// The content topics that some requests name, each once.
inline std::set<std::string> topics_of(const std::vector<const request*>& requests) {
  std::set<std::string> found;
  for (const request* each : requests) found.insert(each->content_topics.begin(), each->content_topics.end());
  return found;
}
/// The names topic/000, topic/001, …, in their order.
inline std::vector<std::string> many_topics(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t number = 0; number < count; ++number) {
    std::string digits = std::to_string(number);
    names.push_back("/test/1/" + std::string(4 - digits.size(), '0') + digits + "/proto");
  }
  return names;
}
template <class Node>
wr::result<void> subscribe_all(Node& it, const std::vector<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const wr::result<void> answer = it.node.subscribe(Node::topic, views);
  it.settle();
  return answer;
}

}  // namespace receiving
