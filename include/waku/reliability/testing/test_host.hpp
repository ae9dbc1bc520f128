// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/engine/host.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

namespace waku::reliability::testing {

/// A node's host in virtual time: it wakes the node when asked, and writes down what the application is told.
/// drive(node) before the clock runs. The wall clock that the node sees may be off by a skew.
template <class Message = message, message_hasher Hasher = fast_hasher>
class test_host {
 public:
  /// A delivery, and when it came.
  struct delivered {
    instant at;
    deliver<Message> what;
  };
  /// An outcome, and when it came.
  struct ended {
    instant at;
    reliability::finished what;
  };
  /// A first acceptance, and when it came.
  struct taken {
    instant at;
    reliability::propagated what;
  };

  explicit test_host(virtual_clock& clock, Hasher hasher = {}) : clock_(&clock), hasher_(std::move(hasher)) {}
  test_host(const test_host&) = delete;
  test_host& operator=(const test_host&) = delete;
  ~test_host() { release(); }

  /// Calls node.wake() when it asked for that. The node may be made and asked to do things before.
  template <class Node>
  void drive(Node& node) {
    wake_ = [&node] { node.wake(); };
    if (waiting_for_driver_) wake_at(*std::exchange(waiting_for_driver_, std::nullopt));
  }
  /// Wakes nothing any more; needed before the node goes if the clock runs on.
  void release() {
    clock_->cancel(std::exchange(timer_, timer_id{}));
    wake_ = nullptr;
    waiting_for_driver_.reset();
  }

  /// How far this host's wall clock is ahead of the virtual clock's, from now on.
  void set_skew(duration skew) noexcept { skew_ = skew; }
  [[nodiscard]] duration skew() const noexcept { return skew_; }

  // The host.

  [[nodiscard]] instant now() const noexcept { return {clock_->steady(), clock_->wall() + skew_}; }
  void wake_at(steady_time at) {
    if (!wake_) {
      waiting_for_driver_ = at;
      return;
    }
    clock_->cancel(timer_);
    timer_ = clock_->schedule_at(at, [this] {
      timer_ = {};
      ++wakes_;
      // A wake() may end in release(), which must not destroy the function that runs.
      const auto wake = wake_;
      wake();
    });
  }
  [[nodiscard]] Hasher& hasher() noexcept { return hasher_; }
  void received(deliver<Message>&& delivery) {
    deliveries_.push_back({now(), std::move(delivery)});
    if (on_received) on_received(deliveries_.back());
  }
  void finished(const reliability::finished& end) {
    outcomes_.push_back({now(), end});
    if (on_finished) on_finished(outcomes_.back());
  }
  void propagated(const reliability::propagated& first) { propagated_.push_back({now(), first}); }
  void persist() noexcept { ++persists_; }

  // What the application was told, in order.

  [[nodiscard]] const std::vector<delivered>& deliveries() const noexcept { return deliveries_; }
  [[nodiscard]] const std::vector<ended>& outcomes() const noexcept { return outcomes_; }
  [[nodiscard]] const std::vector<taken>& propagations() const noexcept { return propagated_; }
  /// How often a message with this hash was delivered.
  [[nodiscard]] std::size_t deliveries_of(const message_hash& hash) const {
    std::size_t count = 0;
    for (const delivered& each : deliveries_) count += each.what.hash == hash ? 1 : 0;
    return count;
  }
  /// Every outcome of one request; a correct node gives one.
  [[nodiscard]] std::vector<outcome> outcomes_of(request_id request) const {
    std::vector<outcome> found;
    for (const ended& each : outcomes_) {
      if (each.what.request == request) found.push_back(each.what.outcome);
    }
    return found;
  }
  /// The outcome of a request if it is a `Kind` (confirmed, unconfirmed, failed, cancelled), else nothing.
  template <class Kind>
  [[nodiscard]] std::optional<Kind> outcome_as(request_id request) const {
    for (const ended& each : outcomes_) {
      if (each.what.request != request) continue;
      if (const Kind* found = std::get_if<Kind>(&each.what.outcome)) return *found;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::size_t wakes() const noexcept { return wakes_; }
  [[nodiscard]] std::size_t persists() const noexcept { return persists_; }

  /// Called when a delivery or an outcome was written down, inside node.wake(). May call the node or throw.
  std::function<void(const delivered&)> on_received;
  std::function<void(const ended&)> on_finished;

 private:
  virtual_clock* clock_;
  Hasher hasher_;
  duration skew_{};
  std::function<void()> wake_;
  std::optional<steady_time> waiting_for_driver_;
  timer_id timer_;
  std::size_t wakes_ = 0;
  std::size_t persists_ = 0;
  std::vector<delivered> deliveries_;
  std::vector<ended> outcomes_;
  std::vector<taken> propagated_;
};

static_assert(node_host<test_host<>, message> && persisting_host<test_host<>>);

}  // namespace waku::reliability::testing
