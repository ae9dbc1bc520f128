// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/cache/seen_set.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/message_traits.hpp>
#include <waku/reliability/service/filter_subscriptions.hpp>
#include <waku/reliability/service/profile.hpp>
#include <waku/reliability/service/push_queues.hpp>
#include <waku/reliability/service/request_meter.hpp>

namespace waku::reliability::services {

/// Remove all criteria of a client at a filter node (UNSUBSCRIBE_ALL).
struct filter_unsubscribe_all_request {
  peer_id peer{};
};

/// What a filter service has done so far.
struct filter_counts {
  std::uint64_t relayed = 0;    ///< messages taken in
  std::uint64_t repeated = 0;   ///< of these, wanted, but pushed lately
  std::uint64_t oversized = 0;  ///< of these, wanted, but larger than all that may wait: pushed to nobody
  std::uint64_t queued = 0;     ///< pushes that were put into queues
  std::uint64_t ended = 0;      ///< pushes that ended well
  std::uint64_t failed = 0;     ///< pushes that failed or took too long
  std::uint64_t dropped = 0;    ///< clients dropped: too slow or failing
  std::uint64_t expired = 0;    ///< clients that were not heard for a lifetime
  std::uint64_t entries_visited = 0;  ///< subscriptions looked at for relayed messages
};

/// The server's side of filter v2 (12/WAKU2-FILTER): subscriptions with a lifetime, and pushes to those whose
/// criteria a relayed message meets. `Body` is the message itself or a handle of it; what waits for many
/// clients is kept once.
///
///     filter_reply reply = service.subscribe(request, now);      // request.peer is the client
///     service.relayed(pubsub_topic, content_topic, hash, message, now);
///     while (auto client = service.next_dropped()) { ... }       // close its push stream
///     while (auto push = service.next_push(now)) { ... }         // write it to push->client, and when that ends:
///     service.push_ended(push->ticket, written, now);
///
/// A push costs one look-up and what it matches, however many subscriptions there are. One push is under way
/// for each client. A client is dropped when its queue is full, when a push takes longer than the profile's
/// timeout, when its pushes fail too often in a row, and when the messages that wait for all clients are too many
/// or too large together and it is the one that is furthest behind. All that clients can have kept is bounded.
/// Times never go back.
template <class Body>
class filter_service {
 public:
  /// A push to begin. The views are valid until the next call of a function that changes the service.
  struct delivery {
    push_ticket ticket;
    peer_id client{};
    std::string_view pubsub_topic;
    const Body* body = nullptr;
  };

  /// The secret should be random for each node: it keeps clients from choosing topics that slow the table down.
  explicit filter_service(profile own, std::uint64_t secret)
      : profile_(std::move(own)),
        subscriptions_(secret),
        pushed_(profile_.push_memory > duration::zero() ? profile_.push_memory_max : 1, ~secret),
        meter_(std::max<std::size_t>(profile_.subscribers_max, 16'384)) {}

  // Requests. Each counts against the client's rate; what is over it is answered with 429.

  /// 200, or 400 for no criteria or too many or too long ones, 429, 503 when a limit is met.
  /// O(topics, and the subscribers of each).
  filter_reply subscribe(const filter_subscribe_request& request, steady_time now) {
    if (!within_rate(request.peer, now)) return answer(status_code::too_many_requests);
    return answer(
        subscriptions_.subscribe(request.peer, request.pubsub_topic, request.content_topics, profile_, now));
  }
  /// 200; 400 as for subscribe(); 404 if the client has none of the criteria; 429. A client without any left is
  /// no subscriber any more, and what waits for it is not pushed.
  filter_reply unsubscribe(const filter_unsubscribe_request& request, steady_time now) {
    if (!within_rate(request.peer, now)) return answer(status_code::too_many_requests);
    return answer(subscriptions_.unsubscribe(request.peer, request.pubsub_topic, request.content_topics,
                                             profile_, now, freed()));
  }
  /// 200, 404 if the client has no subscription, 429.
  filter_reply unsubscribe_all(const filter_unsubscribe_all_request& request, steady_time now) {
    if (!within_rate(request.peer, now)) return answer(status_code::too_many_requests);
    return answer(client_left(request.peer) ? status_code::ok : status_code::not_found);
  }
  /// 200 says that something is installed, not that all is; 404 that nothing is; 429.
  filter_reply ping(const filter_ping_request& request, steady_time now) {
    if (!within_rate(request.peer, now)) return answer(status_code::too_many_requests);
    return answer(subscriptions_.ping(request.peer, now));
  }
  /// Whether a request of the client would be over its rate, so that a host need not read it. It is not counted.
  [[nodiscard]] bool over_rate(peer_id client, steady_time now) {
    advance(now);
    return meter_.is_over(client, profile_.filter_rate, now);
  }
  /// A request of the client could not be read, and counts like any other.
  void count_unread(peer_id client, steady_time now) { static_cast<void>(within_rate(client, now)); }

  // Pushes.

  /// The relay has a message: queues it for the subscribers whose criteria it meets, in the order of their
  /// numbers, unless it was queued lately. How many pushes were queued. O(matches); O(subscribers) for each
  /// client that is dropped. A message that alone is larger than all that may wait is pushed to nobody, and drops
  /// nobody.
  std::size_t relayed(std::string_view pubsub_topic, std::string_view content_topic, const message_hash& hash,
                      Body body, steady_time now) requires waku_message<Body> {
    const std::size_t bytes = message_traits<Body>::encoded_size(body);
    return relayed(pubsub_topic, content_topic, hash, std::move(body), bytes, now);
  }
  /// The same for a handle, with the bytes of memory that its message takes: what counts as push_bytes_max.
  std::size_t relayed(std::string_view pubsub_topic, std::string_view content_topic, const message_hash& hash,
                      Body body, std::size_t bytes, steady_time now) {
    advance(now);
    ++counts_.relayed;
    auto matches = subscriptions_.matches(pubsub_topic, content_topic);
    if (matches.empty()) return 0;
    if (bytes > profile_.push_bytes_max) {
      ++counts_.oversized;
      return 0;
    }
    if (pushed_lately(hash, now)) return 0;
    if (!has_room(bytes)) {
      make_room(bytes);
      matches = subscriptions_.matches(pubsub_topic, content_topic);
    }
    counts_.entries_visited += matches.size();
    const auto held = queues_.hold(pubsub_topic, std::move(body), bytes);
    std::size_t queued = 0;
    for (const filter_index::entry& match : matches) {
      if (queues_.waiting(match.slot) >= profile_.push_queue_max) {
        slow_.push_back(match.slot);
      } else {
        queues_.add(match.slot, held);
        ++queued;
      }
    }
    queues_.settle(held);
    drop_slow();
    counts_.queued += queued;
    return queued;
  }
  /// The next push, if a client can be pushed to; of several the one that has waited longest. O(1).
  std::optional<delivery> next_push(steady_time now) {
    advance(now);
    const auto begun = queues_.begin(now);
    if (!begun) return std::nullopt;
    return delivery{begun->ticket, subscriptions_.client(begun->ticket.slot), begun->pubsub_topic,
                    begun->body};
  }
  /// A push was written, or it failed, which nobody tries again. The ticket of a client that is gone is no
  /// error.
  void push_ended(const push_ticket& push, bool ok, steady_time now) {
    advance(now);
    if (!queues_.is_under_way(push)) return;
    ++(ok ? counts_.ended : counts_.failed);
    const std::uint32_t failures = queues_.end(push, ok);
    if (failures == 0 || failures != profile_.push_failures_max) return;
    slow_.push_back(push.slot);
    drop_slow();
  }
  /// The next client that was dropped, if there is one: close its push stream, and what is written there. It may
  /// have subscribed again: ask before next_push(), since what begins then needs a new stream. Those that leave,
  /// unsubscribe or expire are not told: subscribed() knows.
  std::optional<peer_id> next_dropped() {
    if (dropped_.empty()) return std::nullopt;
    const peer_id client = dropped_.front();
    dropped_.pop_front();
    return client;
  }

  // Clients and time.

  /// The client's connection is gone, and its subscription with it. False if it had none.
  bool client_left(peer_id client) { return subscriptions_.remove(client, freed()); }
  /// Ends what is over by now: pushes that take too long, and at each full minute subscriptions that are over
  /// their lifetime. Every other function with a time does this first.
  void advance(steady_time now) {
    counts_.expired += subscriptions_.sweep(profile_.subscription_lifetime, now, freed());
    for (auto push = queues_.longest_under_way(); push && now - push->begun >= profile_.push_timeout;
         push = queues_.longest_under_way()) {
      queues_.close(push->slot);
      slow_.push_back(push->slot);
      ++counts_.failed;
    }
    drop_slow();
  }
  /// When the push that has been under way longest takes too long: advance() then, if nothing is called before.
  /// Nothing where there is none, or where it may take for ever.
  [[nodiscard]] std::optional<steady_time> next_deadline() const {
    const auto push = queues_.longest_under_way();
    if (!push || profile_.push_timeout >= steady_time::max() - push->begun) return std::nullopt;
    return push->begun + profile_.push_timeout;
  }
  /// As a restart does. How many subscribers were forgotten.
  std::size_t forget_all() {
    pushed_.clear();
    meter_.clear();
    return subscriptions_.remove_if([](std::uint32_t) { return true; }, freed());
  }

  [[nodiscard]] bool subscribed(peer_id client) const { return subscriptions_.subscribed(client); }
  /// Who is subscribed to what.
  [[nodiscard]] const filter_subscriptions& subscriptions() const noexcept { return subscriptions_; }
  /// Messages that wait to be pushed, each counted once.
  [[nodiscard]] std::size_t waiting_bodies() const noexcept { return queues_.bodies(); }
  /// Their bytes together.
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return queues_.bytes(); }
  [[nodiscard]] const filter_counts& counts() const noexcept { return counts_; }

 private:
  static filter_reply answer(std::uint32_t status) {
    filter_reply reply;
    reply.status = status;
    return reply;
  }
  bool within_rate(peer_id client, steady_time now) {
    advance(now);
    return meter_.allow(client, profile_.filter_rate, now);
  }
  auto freed() {
    return [this](std::uint32_t slot) { queues_.close(slot); };
  }
  void drop_slow() {
    if (slow_.empty()) return;
    for (const std::uint32_t slot : slow_) {
      // A host that never asks is told of the latest.
      if (dropped_.size() >= profile_.subscribers_max) dropped_.pop_front();
      dropped_.push_back(subscriptions_.client(slot));
    }
    counts_.dropped += slow_.size();
    if (slow_.size() == 1) {
      subscriptions_.remove(subscriptions_.client(slow_.front()), freed());
      slow_.clear();
      return;
    }
    std::sort(slow_.begin(), slow_.end());
    const auto is_slow = [this](std::uint32_t slot) {
      return std::binary_search(slow_.begin(), slow_.end(), slot);
    };
    subscriptions_.remove_if(is_slow, freed());
    slow_.clear();
  }
  // For one message more. At least one may wait, whatever the profile says.
  [[nodiscard]] bool has_room(std::size_t bytes) const {
    return queues_.bodies() == 0 || (queues_.bodies() < profile_.push_bodies_max &&
                                     queues_.bytes() <= profile_.push_bytes_max - bytes);
  }
  // Those for whom the oldest message waits make room, and so on: each time at least that message goes.
  void make_room(std::size_t bytes) {
    while (!has_room(bytes)) {
      const auto oldest = queues_.oldest();
      for (std::uint32_t slot = 0; slot < queues_.slots(); ++slot) {
        if (queues_.oldest(slot) == oldest) slow_.push_back(slot);
      }
      drop_slow();
    }
  }
  // Each repeat renews the memory.
  bool pushed_lately(const message_hash& hash, steady_time now) {
    if (profile_.push_memory <= duration::zero()) return false;
    const steady_time since = now - profile_.push_memory + duration(1);
    pushed_.expire(since);
    const auto last = pushed_.received(hash);
    const bool lately = last && *last >= since;
    pushed_.erase(hash);
    pushed_.insert(hash, now);
    if (lately) ++counts_.repeated;
    return lately;
  }

  profile profile_;
  filter_subscriptions subscriptions_;
  push_queues<Body> queues_;
  seen_set<> pushed_;
  request_meter meter_;
  std::vector<std::uint32_t> slow_;  // slots to be dropped
  std::deque<peer_id> dropped_;
  filter_counts counts_;
};

}  // namespace waku::reliability::services
