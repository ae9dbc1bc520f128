// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <contest/contest.hpp>
#include <contest/hashes.hpp>

#include <waku/reliability.hpp>

namespace engine_workload {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

/// Allocations of the program so far.
std::size_t allocations();

/// A message whose body lies elsewhere and begins with the hash.
struct ready_message {
  std::span<const std::byte> payload;
  std::string_view content_topic;
  std::span<const std::byte> meta;
  std::int64_t timestamp = 0;
  bool ephemeral = false;
};

inline const contest::hash_stream& hashes() {
  static const contest::hash_stream stream(1);
  return stream;
}

/// Takes the hash from where it is: a body begins with it, and messages without one have it by their number.
struct ready_hash {
  static constexpr bool deterministic_message_hash = false;

  wr::message_hash operator()(const wr::hash_input& input) const noexcept {
    if (input.payload.empty()) return hashes()[static_cast<std::uint64_t>(input.timestamp_ns)];
    wr::message_hash hash;
    std::memcpy(hash.bytes.data(), input.payload.data(), hash.bytes.size());
    return hash;
  }
};

struct measured : wr::policies<wr::lightpush_only, wr::filter_only, wr::quarantine_pool, wr::redundant,
                               wr::store_presence, wr::no_recovery, wr::unattended_subscription> {};

/// How large the world is around the messages.
struct surroundings {
  std::size_t in_flight = 1'000;
  std::size_t remembered = 1'000;
  std::size_t pubsub_topics = 1;
  std::size_t peers = 5;  ///< two of five take pushes, the others are stores and filter nodes
  std::size_t content_topics = 1;

  auto operator<=>(const surroundings&) const = default;
};

/// An engine under a steady load, and a transport that answers all at once.
template <class Message>
class loaded_engine {
 public:
  static constexpr std::size_t batch = 50;

  explicit loaded_engine(const surroundings& around) : around_(around), engine_(numbers(around), hasher_) {
    for (std::size_t number = 0; number < around.pubsub_topics; ++number) {
      pubsub_topics_.push_back("/waku/2/rs/1/" + std::to_string(number));
    }
    for (std::size_t number = 0; number < around.content_topics; ++number) {
      content_topics_.push_back("/benchmark/1/" + std::to_string(number) + "/proto");
    }
    for (std::size_t number = 0; number < around.peers; ++number) {
      const bool pushes = number % 5 < 2;
      engine_.handle(wr::peer_appeared{peer(number), {pushes, !pushes, !pushes, false}, {}}, now_);
    }
    const std::vector<std::string_view> wanted(content_topics_.begin(), content_topics_.end());
    for (const std::string& topic : pubsub_topics_) {
      if (!engine_.subscribe(topic, wanted, now_)) std::abort();
    }
    for (std::size_t second = 0; second < 60; ++second) {  // subscriptions go out in chunks, some time apart
      now_ = now_ + wr::duration(1s);
      engine_.tick(now_);
      serve();
    }
    pushes_.reserve(2 * batch);
  }

  /// Publishes a batch on one pubsub topic and has its nodes accept it.
  void publish() {
    const std::string_view pubsub_topic = next_topic();
    for (std::size_t each = 0; each < batch; ++each) {
      if (!engine_.publish(pubsub_topic, make(hashes()[made_++]), now_)) std::abort();
    }
    serve();
  }
  /// Lets the time pass in which this batch is one of as many as are in flight, and has those confirmed that are due.
  void pass() {
    constexpr wr::duration settling = wr::confirmation_options{}.settling;
    now_ = now_ + settling * static_cast<std::int64_t>(batch) / static_cast<std::int64_t>(around_.in_flight);
    engine_.tick(now_);
    serve();
  }
  /// Pushes a batch of messages that are new.
  void receive() {
    const std::string_view pubsub_topic = next_topic();
    for (std::size_t each = 0; each < batch; ++each) push(pubsub_topic, make(hashes()[made_++]));
    serve();
  }
  /// Pushes the message with this hash.
  void push(const wr::message_hash& hash) { push(pubsub_topics_.front(), make(hash)); }

  /// As many messages in flight as there are to be, all structures at their full size.
  void warm_up(bool receiving) {
    while (engine_.pending() < around_.in_flight) {
      pass();
      publish();
    }
    const std::size_t rounds = 2 * std::max(around_.in_flight, around_.remembered) / batch;
    for (std::size_t round = 0; round < rounds; ++round) {
      pass();
      publish();
      if (receiving) receive();
    }
    if (engine_.pending() != around_.in_flight) std::abort();
  }

  /// Messages of both kinds: the number of the next one's hash.
  [[nodiscard]] std::uint64_t made() const { return made_; }
  [[nodiscard]] std::uint64_t confirmed() const { return confirmed_; }
  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] std::uint64_t queries() const { return queries_; }
  /// The first words of the hashes of all messages with an outcome, in their order.
  void trace_into(contest::trace& trace) { trace_ = &trace; }

 private:
  static wr::options numbers(const surroundings& around) {
    wr::options chosen;
    chosen.publish.allow_empty_payload = true;
    chosen.outgoing.messages_max = around.in_flight;
    chosen.outgoing.bytes_max = std::size_t{1} << 40U;
    chosen.seen.entries_max = around.remembered;
    chosen.subscription.topics_max = 1'000;
    chosen.seed = 7;
    return chosen;
  }
  static wr::peer_id peer(std::size_t number) { return static_cast<wr::peer_id>(number + 1); }

  [[nodiscard]] std::string_view next_topic() {
    const std::string& topic = pubsub_topics_[topic_];
    topic_ = topic_ + 1 == pubsub_topics_.size() ? 0 : topic_ + 1;
    return topic;
  }
  /// Its content topic is the next in turn.
  [[nodiscard]] Message make(const wr::message_hash& hash) {
    Message made;
    if constexpr (std::is_same_v<Message, ready_message>) made.payload = hash.bytes;
    made.content_topic = content_topics_[content_topic_];
    content_topic_ = content_topic_ + 1 == content_topics_.size() ? 0 : content_topic_ + 1;
    return made;
  }
  void push(std::string_view pubsub_topic, Message&& message) {
    engine_.handle(wr::filter_push<Message>{peer(2), pubsub_topic, std::move(message)}, now_);
  }

  /// Does what the engine asks for, and answers it, until there is nothing left.
  void serve() {
    while (engine_.has_actions()) {
      while (engine_.poll(*this)) {
      }
      for (const wr::operation_id operation : pushes_) {
        engine_.handle(wr::operation_ended<wr::lightpush_reply>{operation, wr::lightpush_reply{200, 10}},
                       now_);
      }
      pushes_.clear();
      for (const wr::operation_id operation : subscribes_) {
        engine_.handle(wr::operation_ended<wr::filter_reply>{operation, wr::filter_reply{200}}, now_);
      }
      subscribes_.clear();
      for (presence& each : asked_) {
        engine_.handle(wr::operation_ended<wr::store_reply<Message>>{each.operation, std::move(each.reply)},
                       now_);
      }
      asked_.clear();
    }
  }

 public:
  // The actions, as poll() gives them.
  void operator()(const wr::lightpush_request<Message>& asked) { pushes_.push_back(asked.operation); }
  void operator()(const wr::filter_subscribe_request& asked) { subscribes_.push_back(asked.operation); }
  void operator()(const wr::store_request& asked) {
    ++queries_;
    wr::store_reply<Message> reply;
    reply.status = 200;
    const std::size_t before = allocations();
    reply.entries.resize(asked.hashes.size());
    by_transport_ += allocations() - before;
    for (std::size_t at = 0; at < asked.hashes.size(); ++at) reply.entries[at].hash = asked.hashes[at];
    asked_.push_back({asked.operation, std::move(reply)});
  }
  void operator()(const wr::finished& told) {
    if (!std::holds_alternative<wr::confirmed>(told.outcome)) std::abort();
    ++confirmed_;
    if (trace_ != nullptr) trace_->push_back(told.hash->word(0));
  }
  void operator()(const wr::deliver<Message>&) { ++delivered_; }
  template <class Other>
  void operator()(const Other&) {}

  /// Allocations for what the transport gives to the engine: the entries of store replies.
  [[nodiscard]] std::size_t allocated_by_transport() const { return by_transport_; }

 private:
  struct presence {
    wr::operation_id operation;
    wr::store_reply<Message> reply;
  };

  surroundings around_;
  ready_hash hasher_;
  wr::instant now_{wr::steady_time(1'000s), wr::wall_time(std::chrono::seconds(1'717'200'000))};
  wr::engine<measured, Message, ready_hash> engine_;
  std::vector<std::string> pubsub_topics_;
  std::vector<std::string> content_topics_;
  std::size_t topic_ = 0;
  std::size_t content_topic_ = 0;
  std::uint64_t made_ = 0;
  std::vector<wr::operation_id> pushes_;
  std::vector<wr::operation_id> subscribes_;
  std::vector<presence> asked_;
  std::size_t by_transport_ = 0;
  std::uint64_t confirmed_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t queries_ = 0;
  contest::trace* trace_ = nullptr;
};

}  // namespace engine_workload
