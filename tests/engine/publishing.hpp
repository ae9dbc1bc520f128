// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability.hpp>
#include <waku/reliability/testing/scripted_node.hpp>

/// What the tests of publishing share: names for peers, an observer that keeps everything, stores that hold
/// what they are told, and questions to the transport's record.
namespace publishing {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;
using request = wt::recorded_request<wr::message>;
using wr::operation_kind;

constexpr wr::peer_id peer(std::uint32_t number) { return static_cast<wr::peer_id>(number); }

/// Protocols of nodes that do one thing.
inline constexpr wr::peer_protocols pushes_only{.lightpush = true};
inline constexpr wr::peer_protocols filters_only{.filter = true};
inline constexpr wr::peer_protocols stores_only{.store = true};

/// Keeps every notice. Views in a notice may be dead by the time it is read.
class notice_log {
 public:
  static constexpr wr::slot fills = wr::slot::observer;
  using any = std::variant<
      wr::notice::peer_ejected, wr::notice::peer_replaced, wr::notice::rate_limited, wr::notice::degraded,
      wr::notice::retransmitted, wr::notice::restamped, wr::notice::neutral_answer,
      wr::notice::late_confirmation, wr::notice::duplicate_received, wr::notice::unsolicited_push,
      wr::notice::missing, wr::notice::recovered, wr::notice::lookup_given_up, wr::notice::wrong_body,
      wr::notice::cursor_looped, wr::notice::window_recovered, wr::notice::window_shortened,
      wr::notice::audit_failed, wr::notice::seen_evicted, wr::notice::clock_jumped, wr::notice::outage_began,
      wr::notice::outage_ended, wr::notice::filter_refused, wr::notice::stray_reply,
      wr::notice::budget_exhausted>;

  template <class Notice>
  void on(const Notice& what) {
    heard_.push_back(what);
  }
  template <class Notice>
  [[nodiscard]] std::vector<Notice> all() const {
    std::vector<Notice> found;
    for (const any& each : heard_) {
      if (const Notice* fitting = std::get_if<Notice>(&each)) found.push_back(*fitting);
    }
    return found;
  }
  template <class Notice>
  [[nodiscard]] std::size_t count() const {
    return all<Notice>().size();
  }

 private:
  std::vector<any> heard_;
};

/// Lightpush and store, and nothing that is not about publishing.
struct presence_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::no_recovery,
                                      wr::store_presence, notice_log> {};

/// Lightpush to one node, confirmed by presence queries.
struct single_presence_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::single,
                                             wr::no_recovery, wr::store_presence, notice_log> {};

/// Lightpush with two targets, and the first acceptance is the end.
struct accepted_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::no_recovery,
                                      wr::accepted_is_enough, notice_log> {};

/// Lightpush, confirmed by filter nodes that push the message back.
struct echo_client : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::no_recovery, wr::filter_echo,
                                  notice_log> {};

/// Back-off without the random share, so that times are exact.
inline wr::options exact_times() {
  wr::options numbers;
  numbers.retransmit.backoff.jitter = 0.0;
  numbers.subscription.replace_backoff.jitter = 0.0;
  return numbers;
}

/// A store's answer to a query by hash, or over contents, that lists the hashes of which `held` is true.
/// Content queries list `contents`.
inline std::function<wt::any_reply<wr::message>(const request&)> store_where(
    std::function<bool(const wr::message_hash&)> held) {
  return [held = std::move(held)](const request& made) -> wt::any_reply<wr::message> {
    std::vector<wr::message_hash> present;
    for (const wr::message_hash& hash : made.hashes) {
      if (held(hash)) present.push_back(hash);
    }
    return wt::store_lists<wr::message>(present);
  };
}
inline std::function<wt::any_reply<wr::message>(const request&)> store_with_all() {
  return store_where([](const wr::message_hash&) { return true; });
}

/// The peers of requests of one kind, in order.
template <class Transport>
std::vector<wr::peer_id> peers_of(const Transport& transport, operation_kind kind) {
  std::vector<wr::peer_id> found;
  for (const request* each : transport.requests(kind)) found.push_back(*each->peer);
  return found;
}
/// The times of requests of one kind since the clock was made, each time once.
template <class Node>
std::vector<wr::duration> times_of(const Node& it, operation_kind kind) {
  std::vector<wr::duration> found;
  const wr::duration begin = it.clock.steady().time_since_epoch() - it.clock.elapsed();
  for (const request* each : it.transport.requests(kind)) {
    const wr::duration at = each->at.steady.time_since_epoch() - begin;
    if (found.empty() || found.back() != at) found.push_back(at);
  }
  return found;
}
/// The different message hashes that were sent, in any way.
template <class Transport>
std::set<wr::message_hash> hashes_sent(const Transport& transport) {
  std::set<wr::message_hash> found;
  for (const request& each : transport.requests()) {
    if (each.hash) found.insert(*each.hash);
  }
  return found;
}

/// Makes the usual answer to every push this reply, or this error.
template <class Node>
void answer_pushes(Node& it, const wr::lightpush_reply& with) {
  it.transport.otherwise(operation_kind::lightpush).reply(with);
}
template <class Node>
void fail_pushes(Node& it, wr::transport_error with) {
  it.transport.otherwise(operation_kind::lightpush).fail(with);
}

/// Publishes a message that leaves its timestamp to the engine.
template <class Node>
wr::result<wr::request_id> publish_unstamped(Node& it, std::string_view text) {
  wr::message unstamped = it.make_message(text);
  unstamped.timestamp = 0;
  const wr::result<wr::request_id> answer = it.node.publish(it.topic, std::move(unstamped));
  it.settle();
  return answer;
}
/// Publishes so many different messages.
template <class Node>
std::vector<wr::request_id> publish_many(Node& it, std::size_t count) {
  std::vector<wr::request_id> accepted;
  for (std::size_t number = 0; number < count; ++number) {
    const auto answer = publish_unstamped(it, "one of many");
    if (answer) accepted.push_back(*answer);
  }
  return accepted;
}

/// Peers appear and are known before anything else happens.
template <class Node>
void discover(Node& it, std::uint32_t count, wr::peer_protocols protocols = {true, true, true, false}) {
  it.transport.discover(count, protocols);
  it.settle();
}

}  // namespace publishing
