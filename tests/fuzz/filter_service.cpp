// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/service/filter_service.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "target.hpp"

// A filter service against maps and lists that are searched from end to end: statuses, who is subscribed, what is
// pushed to whom, and who is dropped.

namespace wr = waku::reliability;
namespace ws = wr::services;
using fuzz::demand;

namespace {

constexpr std::uint32_t clients = 8;
constexpr std::array<std::string_view, 3> pubsub_topics{"/waku/2/rs/1/0", "/waku/2/rs/1/1", ""};
constexpr std::array<std::string_view, 7> content_topics{
    "/a/1/x/proto", "/a/1/y/proto", "/b/1/x/proto", "", "c", "d", "/much/1/longer/than/the/profile/allows"};

using service = ws::filter_service<std::uint32_t>;
using criterion = std::pair<std::string, std::string>;
using time = wr::steady_time;

ws::profile small_profile(std::uint32_t kind) {
  ws::profile own;
  own.filter_rate = {};
  own.subscribers_max = 5;
  own.full_refuses_refresh = (kind & 1U) != 0;
  own.criteria_max = 5;
  own.request_topics_max = 3;
  own.topic_bytes_max = 20;
  own.push_queue_max = 3;
  own.push_bodies_max = 4;
  own.push_bytes_max = 300;
  own.push_failures_max = (kind & 2U) != 0 ? 2 : 0;
  own.push_memory = (kind & 4U) != 0 ? std::chrono::seconds(30) : std::chrono::seconds(0);
  own.filter_needs_names = (kind & 8U) != 0;
  return own;
}

/// What waits for one client, and what it is subscribed to.
struct plain_client {
  std::set<criterion> criteria;
  time heard;
  std::deque<std::uint32_t> queue;  // numbers of messages
  std::optional<std::pair<ws::push_ticket, time>> under_way;
  std::uint32_t failures = 0;
};

class plain_filter {
 public:
  explicit plain_filter(const ws::profile& own) : own_(own) {}

  std::uint32_t subscribe(std::uint32_t number, std::string_view pubsub,
                          const std::vector<std::string_view>& topics, time now) {
    if (!well_formed(pubsub, topics)) return 400;
    const auto known = subscribed.find(number);
    const std::size_t installed = known == subscribed.end() ? 0 : known->second.criteria.size();
    const bool full = subscribed.size() >= own_.subscribers_max;
    if (installed + topics.size() > own_.criteria_max) return 503;
    if (full && (known == subscribed.end() || own_.full_refuses_refresh)) return 503;
    plain_client& own = subscribed[number];
    own.heard = now;
    for (const std::string_view topic : topics) own.criteria.emplace(pubsub, topic);
    return 200;
  }
  std::uint32_t unsubscribe(std::uint32_t number, std::string_view pubsub,
                            const std::vector<std::string_view>& topics, time now) {
    if (!well_formed(pubsub, topics)) return 400;
    const auto known = subscribed.find(number);
    if (known == subscribed.end()) return 404;
    std::size_t removed = 0;
    for (const std::string_view topic : topics)
      removed += known->second.criteria.erase({std::string(pubsub), std::string(topic)});
    if (removed == 0) return 404;
    known->second.heard = now;
    if (known->second.criteria.empty()) subscribed.erase(known);
    return 200;
  }
  std::uint32_t ping(std::uint32_t number, time now) {
    const auto known = subscribed.find(number);
    if (known == subscribed.end()) return 404;
    known->second.heard = now;
    return 200;
  }
  void advance(time now) {
    const time minute(std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()));
    if (minute != swept_) {
      swept_ = minute;
      std::erase_if(subscribed, [&](const auto& each) {
        return each.second.heard + own_.subscription_lifetime < minute;
      });
    }
    drop_if([&](const plain_client& each) {
      return each.under_way && each.under_way->second + own_.push_timeout <= now;
    });
  }
  std::size_t relayed(std::string_view pubsub, std::string_view topic, std::uint32_t hash, std::size_t bytes,
                      time now) {
    const criterion met{pubsub, topic};
    const auto wants = [&](const plain_client& each) { return each.criteria.contains(met); };
    if (std::none_of(subscribed.begin(), subscribed.end(),
                     [&](const auto& each) { return wants(each.second); }))
      return 0;
    if (bytes > own_.push_bytes_max) return 0;
    if (own_.push_memory > wr::duration::zero()) {
      const auto before = pushed_.find(hash);
      const bool lately = before != pushed_.end() && now - before->second < own_.push_memory;
      pushed_[hash] = now;
      if (lately) return 0;
    }
    while (waiting() >= own_.push_bodies_max || waiting_bytes() + bytes > own_.push_bytes_max) {
      std::uint32_t oldest = next;
      for (const auto& [number, each] : subscribed) {
        if (!each.queue.empty()) oldest = std::min(oldest, each.queue.front());
      }
      drop_if([&](const plain_client& each) { return !each.queue.empty() && each.queue.front() == oldest; });
    }
    bytes_[next] = bytes;
    std::size_t queued = 0;
    std::set<std::uint32_t> slow;
    for (auto& [number, each] : subscribed) {
      if (!wants(each)) continue;
      if (each.queue.size() >= own_.push_queue_max) {
        slow.insert(number);
      } else {
        each.queue.push_back(next);
        ++queued;
      }
    }
    for (const std::uint32_t number : slow) drop(number);
    return queued;
  }
  void drop(std::uint32_t number) {
    subscribed.erase(number);
    dropped.push_back(number);
  }
  /// Messages that wait for anybody.
  [[nodiscard]] std::size_t waiting() const { return all_waiting().size(); }
  /// Their bytes.
  [[nodiscard]] std::size_t waiting_bytes() const {
    std::size_t sum = 0;
    for (const std::uint32_t each : all_waiting()) sum += bytes_.at(each);
    return sum;
  }

  std::map<std::uint32_t, plain_client> subscribed;
  std::vector<std::uint32_t> dropped;
  std::uint32_t next = 0;  // the number of the next message

 private:
  [[nodiscard]] std::set<std::uint32_t> all_waiting() const {
    std::set<std::uint32_t> all;
    for (const auto& [number, each] : subscribed) all.insert(each.queue.begin(), each.queue.end());
    return all;
  }
  template <class Test>
  void drop_if(const Test& test) {
    std::vector<std::uint32_t> leaving;
    for (const auto& [number, each] : subscribed) {
      if (test(each)) leaving.push_back(number);
    }
    for (const std::uint32_t number : leaving) drop(number);
  }
  [[nodiscard]] bool well_formed(std::string_view pubsub, const std::vector<std::string_view>& topics) const {
    return !pubsub.empty() && !topics.empty() && topics.size() <= own_.request_topics_max &&
           std::all_of(topics.begin(), topics.end(), [&](std::string_view topic) {
             return topic.size() <= own_.topic_bytes_max && !(topic.empty() && own_.filter_needs_names);
           });
  }

  ws::profile own_;
  std::map<std::uint32_t, time> pushed_;
  std::map<std::uint32_t, std::size_t> bytes_;  // by message
  time swept_{};
};

// The service and its model, under the same calls.
class bench {
 public:
  explicit bench(const ws::profile& own) : own_(own), real_(own, 1), plain_(own) {}

  void step(fuzz::input& from) {
    const std::uint32_t choice = from.byte();
    const std::uint32_t number = choice >> 4U & 7U;
    switch (choice & 15U) {
      case 0:
      case 1:
      case 2: return criteria(true, number, from);
      case 3: return criteria(false, number, from);
      case 4: return ping(number);
      case 5: return leave(number, (choice & 0x80U) != 0);
      case 6:
      case 7:
      case 8:
      case 9: return relay(from);
      case 10:
      case 11: return push();
      case 12:
      case 13: return end(from);
      case 14: now_ += std::chrono::milliseconds(from.byte() * 20); return look();
      default: now_ += std::chrono::seconds(from.byte()); return look();
    }
  }

  void compare() {
    demand(real_.subscriptions().size() == plain_.subscribed.size(), "as many are subscribed");
    for (std::uint32_t number = 0; number < clients; ++number) {
      const auto known = plain_.subscribed.find(number);
      const bool expected = known != plain_.subscribed.end();
      demand(real_.subscribed(wr::peer_id{number}) == expected, "the same clients are subscribed");
      demand(real_.subscriptions().criteria_of(wr::peer_id{number}) ==
                 (expected ? known->second.criteria.size() : 0),
             "clients have as many criteria");
    }
    demand(real_.waiting_bodies() == plain_.waiting(), "as many messages wait, each kept once");
    demand(real_.waiting_bytes() == plain_.waiting_bytes(), "they have as many bytes");
    demand(real_.waiting_bodies() <= own_.push_bodies_max && real_.waiting_bytes() <= own_.push_bytes_max,
           "what waits is bounded");
    // Told are all, whether or not they have come back; a host that never asked is told of the latest.
    if (plain_.dropped.size() <= 1) {
      std::vector<std::uint32_t> told;
      while (const auto client = real_.next_dropped()) told.push_back(static_cast<std::uint32_t>(*client));
      demand(told == plain_.dropped, "the host is told who was dropped");
    } else {
      std::size_t told = 0;
      while (const auto client = real_.next_dropped()) {
        ++told;
        const auto number = static_cast<std::uint32_t>(*client);
        demand(std::find(plain_.dropped.begin(), plain_.dropped.end(), number) != plain_.dropped.end(),
               "only those are told that were dropped");
      }
      demand(told == std::min<std::size_t>(plain_.dropped.size(), own_.subscribers_max),
             "all who were dropped are told, up to a bound");
    }
    plain_.dropped.clear();
  }

 private:
  void criteria(bool add, std::uint32_t number, fuzz::input& from) {
    const std::uint32_t choice = from.byte();
    const std::string_view pubsub = pubsub_topics[choice % 3];
    std::vector<std::string_view> topics;
    for (std::uint32_t left = choice / 3 % 5; left != 0; --left)
      topics.push_back(content_topics[from.below(7)]);
    plain_.advance(now_);
    const wr::peer_id client{number};
    if (add) {
      const std::uint32_t expected = plain_.subscribe(number, pubsub, topics, now_);
      demand(real_.subscribe({{}, client, pubsub, topics}, now_).status == expected,
             "subscribing ends alike");
    } else {
      const std::uint32_t expected = plain_.unsubscribe(number, pubsub, topics, now_);
      demand(real_.unsubscribe({{}, client, pubsub, topics}, now_).status == expected,
             "unsubscribing ends alike");
    }
  }
  void ping(std::uint32_t number) {
    plain_.advance(now_);
    const std::uint32_t expected = plain_.ping(number, now_);
    demand(real_.ping({{}, wr::peer_id{number}, {}}, now_).status == expected, "pings end alike");
  }
  void leave(std::uint32_t number, bool connection) {
    if (!connection) plain_.advance(now_);
    const bool expected = plain_.subscribed.erase(number) != 0;
    if (connection) {
      demand(real_.client_left(wr::peer_id{number}) == expected, "clients leave alike");
    } else {
      const std::uint32_t status = real_.unsubscribe_all({wr::peer_id{number}}, now_).status;
      demand(status == (expected ? 200U : 404U), "unsubscribing from all ends alike");
    }
  }
  void relay(fuzz::input& from) {
    const std::uint32_t choice = from.byte();
    const std::uint32_t number = from.below(32);
    wr::message_hash hash;
    hash.bytes[0] = static_cast<std::byte>(number);
    const std::string_view pubsub = pubsub_topics[choice % 2];
    const std::string_view topic = content_topics[choice / 2 % 7];
    plain_.advance(now_);
    const std::size_t bytes = 10 * number;
    const std::size_t expected = plain_.relayed(pubsub, topic, number, bytes, now_);
    demand(real_.relayed(pubsub, topic, hash, plain_.next, bytes, now_) == expected,
           "a message is queued for those who want it");
    ++plain_.next;
  }
  void push() {
    plain_.advance(now_);
    const auto begun = real_.next_push(now_);
    if (!begun) {
      for (const auto& [number, each] : plain_.subscribed)
        demand(each.queue.empty() || each.under_way, "nobody waits who can be pushed to");
      return;
    }
    const auto known = plain_.subscribed.find(static_cast<std::uint32_t>(begun->client));
    demand(known != plain_.subscribed.end(), "only subscribers are pushed to");
    plain_client& own = known->second;
    demand(!own.under_way, "one push is under way for each client");
    demand(!own.queue.empty() && own.queue.front() == *begun->body, "pushes come in their order");
    own.under_way = {begun->ticket, now_};
    tickets_.emplace_back(known->first, begun->ticket);
  }
  void end(fuzz::input& from) {
    if (tickets_.empty()) return;
    const std::uint32_t choice = from.byte();
    const auto [number, ticket] = tickets_[choice / 2 % tickets_.size()];
    const bool ok = (choice & 1U) != 0;
    plain_.advance(now_);
    real_.push_ended(ticket, ok, now_);
    const auto known = plain_.subscribed.find(number);
    if (known == plain_.subscribed.end()) return;
    plain_client& own = known->second;
    if (!own.under_way || !(own.under_way->first == ticket)) return;
    own.under_way.reset();
    own.queue.pop_front();
    own.failures = ok ? 0 : own.failures + 1;
    if (own.failures != 0 && own.failures == own_.push_failures_max) plain_.drop(number);
  }
  void look() {
    plain_.advance(now_);
    real_.advance(now_);
    std::optional<time> deadline;
    for (const auto& [number, each] : plain_.subscribed) {
      if (!each.under_way) continue;
      const time own = each.under_way->second + own_.push_timeout;
      if (!deadline || own < *deadline) deadline = own;
    }
    demand(real_.next_deadline() == deadline, "the deadline is that of the push that takes longest");
  }

  ws::profile own_;
  service real_;
  plain_filter plain_;
  std::vector<std::pair<std::uint32_t, ws::push_ticket>> tickets_;  // also of pushes that ended
  time now_{std::chrono::hours(1)};
};

}  // namespace

// Profile; then calls.
void fuzz::filter_service(byte_span bytes) {
  input from(bytes);
  bench both(small_profile(from.byte()));
  while (!from.empty()) {
    both.step(from);
    both.compare();
  }
}
