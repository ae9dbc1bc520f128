// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <waku/reliability/testing/fast_hasher.hpp>

#include "heap.hpp"
#include "sample.hpp"

namespace presets {

/// Bytes on the heap, as heap_bytes() counts them, of an engine with default options.
struct memory_cost {
  double engine = 0;   ///< after its construction, the object included
  double message = 0;  ///< of each message in flight, without its payload
  double hash = 0;     ///< of each hash that there is room for; a part of `engine`
  double topic = 0;    ///< of each content topic subscribed to, with a name of 24 letters
  double peer = 0;     ///< of each peer that offers all services
};

/// An engine by itself and the little that drives it: virtual time, and a network that answers at once and holds no
/// messages. It takes pushes only.
template <class Policies, wr::capability_set Capabilities>
class lone_engine {
 public:
  explicit lone_engine(const wr::options& numbers) {
    asked_.reserve(1'024);
    const std::size_t before = heap_bytes();
    engine_ = std::make_unique<engine_type>(numbers, hasher_);
    constructed_ = heap_bytes() - before;
  }

  /// Bytes taken by the construction.
  [[nodiscard]] std::size_t constructed() const { return constructed_; }

  /// Five peers, the relay, and one content topic, after a time in which all that is periodic came round.
  void settle() {
    for (std::uint64_t peer = 0; peer < 5; ++peer) meet(peer);
    subscribe({content_topic});
    engine_->handle(wr::relay_peers_changed{pubsub_topic, 6}, now_);
    run_for(settling);
  }
  void meet(std::uint64_t peer) {
    engine_->handle(wr::peer_appeared{static_cast<wr::peer_id>(peer + 1), {true, true, true, false}, {}},
                    now_);
    serve();
  }
  void subscribe(const std::vector<std::string_view>& content_topics) {
    if (!engine_->subscribe(pubsub_topic, content_topics, now_)) std::abort();
    serve();
  }
  void run_for(wr::duration time) {
    const wr::steady_time end = now_.steady + time;
    while (const auto next = engine_->next_deadline()) {
      if (*next > end) break;
      if (*next > now_.steady) now_ = now_ + (*next - now_.steady);
      engine_->tick(now_);
      serve();
    }
    now_ = now_ + (end - now_.steady);
  }
  void publish(std::uint64_t number) {
    if (!engine_->publish(pubsub_topic, message_of(number), now_)) std::abort();
    serve();
  }
  /// A new message comes, by the way that the policies have.
  void receive(std::uint64_t number) {
    if constexpr (engine_type::policies::receive_route::needs.relay) {
      engine_->handle(wr::relay_message<wr::message>{pubsub_topic, message_of(number)}, now_);
    } else {
      engine_->handle(
          wr::filter_push<wr::message>{static_cast<wr::peer_id>(1), pubsub_topic, message_of(number)}, now_);
    }
    serve();
  }
  [[nodiscard]] std::size_t in_flight() const { return engine_->pending(); }
  [[nodiscard]] std::size_t pushes_open() const { return pushes_; }
  [[nodiscard]] std::size_t delivered() const { return delivered_; }

  static constexpr wr::duration settling = std::chrono::minutes(5);

  // The actions, as poll() gives them. What is pushed stays without an answer.
  void operator()(const wr::lightpush_request<wr::message>&) { ++pushes_; }
  void operator()(const wr::relay_request<wr::message>&) { ++pushes_; }
  void operator()(const wr::filter_subscribe_request& made) { asked_.push_back(made.operation); }
  void operator()(const wr::filter_unsubscribe_request& made) { asked_.push_back(made.operation); }
  void operator()(const wr::filter_ping_request& made) { asked_.push_back(made.operation); }
  void operator()(const wr::store_request& made) { asked_.push_back(made.operation); }
  void operator()(const wr::deliver<wr::message>&) { ++delivered_; }
  template <class Other>
  void operator()(const Other&) {}

 private:
  using engine_type = wr::engine<Policies, wr::message, wr::testing::fast_hasher, Capabilities>;

  void serve() {
    while (engine_->has_actions()) {
      while (engine_->poll(*this)) {
      }
      for (const wr::operation_id each : asked_) {
        if (each.kind() == wr::operation_kind::store_query) {
          engine_->handle(wr::operation_ended<wr::store_reply<wr::message>>{each, empty_page()}, now_);
        } else {
          engine_->handle(wr::operation_ended<wr::filter_reply>{each, wr::filter_reply{200}}, now_);
        }
      }
      asked_.clear();
    }
  }
  static wr::store_reply<wr::message> empty_page() {
    wr::store_reply<wr::message> page;
    page.status = 200;
    return page;
  }

  wr::testing::fast_hasher hasher_;
  wr::instant now_{wr::steady_time(std::chrono::hours(1)),
                   wr::wall_time(std::chrono::seconds(1'717'200'000))};
  std::unique_ptr<engine_type> engine_;
  std::size_t constructed_ = 0;
  std::vector<wr::operation_id> asked_;
  std::size_t pushes_ = 0;
  std::size_t delivered_ = 0;
};

/// What `change` adds to a settled engine, for each of `count`. The counts below are a little less than powers of two,
/// where vectors that grow by doubling are nearly full.
template <class Policies, wr::capability_set Capabilities, class Change>
double growth(std::size_t count, Change&& change) {
  lone_engine<Policies, Capabilities> engine({});
  engine.settle();
  const std::size_t before = heap_bytes();
  change(engine);
  return static_cast<double>(heap_bytes() - before) / static_cast<double>(count);
}

template <class Policies, wr::capability_set Capabilities>
memory_cost measured_memory() {
  using engine_type = lone_engine<Policies, Capabilities>;
  memory_cost cost;
  cost.engine = static_cast<double>(engine_type({}).constructed());

  constexpr std::size_t messages = 1'000;
  cost.message = growth<Policies, Capabilities>(messages, [](engine_type& engine) {
    for (std::size_t number = 0; number < messages; ++number) engine.publish(number);
    if (engine.in_flight() != messages || engine.pushes_open() < messages) std::abort();
  });
  cost.message -= payload_bytes;

  // All received hashes lie in memory that was taken at once.
  const auto full = [](std::size_t hashes) {
    wr::options numbers;
    numbers.seen.entries_max = hashes;
    const std::size_t before = heap_bytes();
    engine_type engine(numbers);
    engine.settle();
    for (std::size_t number = 0; number < hashes; ++number) engine.receive(number);
    if (engine.delivered() != hashes) std::abort();
    return heap_bytes() - before;
  };
  constexpr std::size_t hashes = wr::seen_options{}.entries_max;
  cost.hash = static_cast<double>(full(hashes) - full(hashes / 2)) / static_cast<double>(hashes - hashes / 2);

  constexpr std::size_t topics = 500;
  std::vector<std::string> names;
  for (std::size_t number = 0; number < topics; ++number) {
    names.push_back("/cost/1/topic-" + std::to_string(1'000 + number) + "/proto");
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  cost.topic = growth<Policies, Capabilities>(topics, [&views](engine_type& engine) {
    engine.subscribe(views);
    engine.run_for(engine_type::settling);
  });

  constexpr std::uint64_t peers = 500;
  cost.peer = growth<Policies, Capabilities>(peers, [](engine_type& engine) {
    for (std::uint64_t peer = 0; peer < peers; ++peer) engine.meet(100 + peer);
  });
  return cost;
}

}  // namespace presets
