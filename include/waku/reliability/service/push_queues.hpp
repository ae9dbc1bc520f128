// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace waku::reliability::services {

/// Names one push that is under way. It stays safe to use after the push has ended: then it names nothing.
struct push_ticket {
  std::uint32_t slot = 0;
  std::uint64_t number = 0;

  friend constexpr bool operator==(const push_ticket&, const push_ticket&) = default;
};

/// Messages that wait to be pushed to clients: a queue for each client, of which one push at a time is under
/// way. A message that waits for many is kept once. Clients are named by slots, small numbers that the owner
/// chooses. Every operation takes O(1), apart from close(), which takes what waits for the client.
///
/// Deterministic: of the clients that can be pushed to, the one that has waited longest is next.
template <class Body>
class push_queues {
 public:
  /// Which body of those that wait.
  using body_number = std::uint32_t;

  /// A push that begins. The views are valid until the queues change.
  struct start {
    push_ticket ticket;
    std::string_view pubsub_topic;
    const Body* body = nullptr;
  };

  // Messages.

  /// Keeps a message of so many bytes for the clients that it is added for next; settle() follows.
  body_number hold(std::string_view pubsub_topic, Body body, std::size_t bytes) {
    if (free_.empty()) {
      free_.push_back(static_cast<body_number>(bodies_.size()));
      bodies_.emplace_back();
    }
    const body_number number = free_.back();
    free_.pop_back();
    waiting_body& held = bodies_[number];
    held.order = next_order_++;
    held.pubsub_topic = pubsub_topic;
    held.body.emplace(std::move(body));
    held.bytes = bytes;
    bytes_ += bytes;
    return number;
  }
  /// Lets the message go if it was added for nobody.
  void settle(body_number number) {
    if (bodies_[number].holders == 0) let_go(number);
  }
  /// Messages that wait for somebody.
  [[nodiscard]] std::size_t bodies() const noexcept { return bodies_.size() - free_.size(); }
  /// Their bytes together, as they were told to hold().
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  // Clients.

  /// Forgets what waits for the client, that a push is under way, and that pushes failed. O(what waits).
  void close(std::uint32_t slot) {
    if (slot >= clients_.size()) return;
    client& own = clients_[slot];
    leave_list(slot);
    for (std::size_t place = own.front; place < own.queue.size(); ++place) drop_holder(own.queue[place]);
    own = client{};
  }
  /// How many pushes wait for the client, one under way included.
  [[nodiscard]] std::size_t waiting(std::uint32_t slot) const {
    if (slot >= clients_.size()) return 0;
    return clients_[slot].queue.size() - clients_[slot].front;
  }
  /// The place of the client's first message among all that were ever held.
  [[nodiscard]] std::optional<std::uint64_t> oldest(std::uint32_t slot) const {
    if (waiting(slot) == 0) return std::nullopt;
    return bodies_[clients_[slot].queue[clients_[slot].front]].order;
  }
  /// The same for all clients together. O(clients).
  [[nodiscard]] std::optional<std::uint64_t> oldest() const {
    std::optional<std::uint64_t> first;
    for (std::uint32_t slot = 0; slot < slots(); ++slot) {
      const auto own = oldest(slot);
      if (own && (!first || *own < *first)) first = own;
    }
    return first;
  }
  /// All slots in use are below this.
  [[nodiscard]] std::uint32_t slots() const noexcept { return static_cast<std::uint32_t>(clients_.size()); }
  /// Adds a message at the end of a client's queue.
  void add(std::uint32_t slot, body_number number) {
    if (clients_.size() <= slot) clients_.resize(slot + 1);
    client& own = clients_[slot];
    own.queue.push_back(number);
    ++bodies_[number].holders;
    if (own.stage == phase::idle) enter(ready_, slot, phase::ready);
  }

  // Pushes.

  /// Begins the next push, if a client can be pushed to.
  std::optional<start> begin(steady_time now) {
    if (ready_.first == none) return std::nullopt;
    const std::uint32_t slot = ready_.first;
    leave_list(slot);
    enter(under_way_, slot, phase::under_way);
    client& own = clients_[slot];
    own.begun = now;
    own.push_number = ++next_push_;
    const waiting_body& next = bodies_[own.queue[own.front]];
    return start{{slot, own.push_number}, next.pubsub_topic, &*next.body};
  }
  /// True for a push that is under way.
  [[nodiscard]] bool is_under_way(const push_ticket& push) const {
    return push.slot < clients_.size() && clients_[push.slot].stage == phase::under_way &&
           clients_[push.slot].push_number == push.number;
  }
  /// Ends a push that is under way; its client can be pushed to again. How many of its pushes have failed in a
  /// row.
  std::uint32_t end(const push_ticket& push, bool ok) {
    assert(is_under_way(push));
    client& own = clients_[push.slot];
    leave_list(push.slot);
    drop_holder(own.queue[own.front]);
    ++own.front;
    if (own.front == own.queue.size()) {
      own.queue.clear();
      own.front = 0;
    } else if (2 * own.front >= own.queue.size()) {
      own.queue.erase(own.queue.begin(), own.queue.begin() + static_cast<std::ptrdiff_t>(own.front));
      own.front = 0;
    }
    if (!own.queue.empty()) enter(ready_, push.slot, phase::ready);
    own.failures = ok ? 0 : own.failures + 1;
    return own.failures;
  }
  /// The push that has been under way longest, and since when.
  struct longest {
    std::uint32_t slot;
    steady_time begun;
  };
  [[nodiscard]] std::optional<longest> longest_under_way() const {
    if (under_way_.first == none) return std::nullopt;
    return longest{under_way_.first, clients_[under_way_.first].begun};
  }

 private:
  static constexpr std::uint32_t none = 0xffffffffU;

  struct waiting_body {
    std::uint64_t order = 0;
    std::size_t holders = 0;
    std::size_t bytes = 0;
    std::string pubsub_topic;
    std::optional<Body> body;
  };
  enum class phase : std::uint8_t { idle, ready, under_way };
  struct client {
    std::vector<body_number> queue;
    std::size_t front = 0;  // what is before it has been pushed
    std::uint64_t push_number = 0;
    steady_time begun{};
    std::uint32_t failures = 0;  // in a row
    // Neighbours in the list of its stage.
    std::uint32_t before = none;
    std::uint32_t after = none;
    phase stage = phase::idle;
  };
  // Clients of one stage, in the order in which they reached it.
  struct list {
    std::uint32_t first = none;
    std::uint32_t last = none;
  };

  void enter(list& to, std::uint32_t slot, phase reached) {
    client& own = clients_[slot];
    own.stage = reached;
    own.before = to.last;
    own.after = none;
    (to.last == none ? to.first : clients_[to.last].after) = slot;
    to.last = slot;
  }
  void leave_list(std::uint32_t slot) {
    client& own = clients_[slot];
    if (own.stage != phase::ready && own.stage != phase::under_way) return;
    list& from = own.stage == phase::ready ? ready_ : under_way_;
    (own.before == none ? from.first : clients_[own.before].after) = own.after;
    (own.after == none ? from.last : clients_[own.after].before) = own.before;
    own.stage = phase::idle;
  }
  void drop_holder(body_number number) {
    if (--bodies_[number].holders == 0) let_go(number);
  }
  void let_go(body_number number) {
    bytes_ -= bodies_[number].bytes;
    bodies_[number].body.reset();
    bodies_[number].pubsub_topic.clear();
    free_.push_back(number);
  }

  std::vector<waiting_body> bodies_;
  std::vector<body_number> free_;
  std::vector<client> clients_;  // by slot
  list ready_;
  list under_way_;
  std::size_t bytes_ = 0;
  std::uint64_t next_order_ = 0;
  std::uint64_t next_push_ = 0;
};

}  // namespace waku::reliability::services
