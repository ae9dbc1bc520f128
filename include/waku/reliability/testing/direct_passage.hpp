// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/testing/frame_size.hpp>
#include <waku/reliability/testing/kept_store_request.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/service_fleet.hpp>

namespace waku::reliability::testing {

/// From which client to which node of a simulated network.
template <class Network>
struct passage_way {
  Network* network;
  std::uint32_t client;
  std::uint32_t node;
};

/// A request on its way: its bytes, and what is done when it arrives at the node, which gives a crossed reply.
template <class Work>
struct passing {
  std::size_t bytes;
  Work work;
};
template <class Work>
passing(std::size_t, Work) -> passing<Work>;

/// What a client reads of a node's answer, and the bytes that it had.
template <class Reply>
struct crossed {
  reply_or_error<Reply> result;
  std::size_t bytes = 0;
};

/// Requests, replies and pushes that cross a simulated network as they are. Bytes are counted as if they had been
/// written, by frame_size. What a passage is: this one's functions.
class direct_passage {
 public:
  /// For one client of a network.
  direct_passage(std::uint64_t /*seed*/, std::uint32_t /*client*/) {}

  /// The network knows the message by its number.
  template <class Network, class Message>
  auto lightpush(const passage_way<Network>& way, const lightpush_request<Message>& made,
                 message_index message) {
    const Network& network = *way.network;
    const std::size_t bytes =
        frame_size::lightpush_request(made.pubsub_topic.size(), network.ledger().facts(message).encoded_size,
                                      network.fleet().profile(way.node).legacy_lightpush);
    return passing{bytes, [way, message, fresh = made.fresh_proof] {
                     lightpush_reply answer = push_at_node(way, message, fresh);
                     const std::size_t size = frame_size::lightpush_answer(answer);
                     return crossed<lightpush_reply>{std::move(answer), size};
                   }};
  }

  template <class Network>
  auto filter(const passage_way<Network>& way, const filter_subscribe_request& made) {
    return criteria(way, made, [](const passage_way<Network>& at, const filter_subscribe_request& asked) {
      return at.network->fleet().subscribe(at.node, at.client, asked);
    });
  }
  template <class Network>
  auto filter(const passage_way<Network>& way, const filter_unsubscribe_request& made) {
    return criteria(way, made, [](const passage_way<Network>& at, const filter_unsubscribe_request& asked) {
      return at.network->fleet().unsubscribe(at.node, at.client, asked);
    });
  }
  template <class Network>
  auto filter(const passage_way<Network>& way, const filter_ping_request&) {
    return passing{frame_size::filter_ping,
                   [way] { return counted(way.network->fleet().ping(way.node, way.client)); }};
  }

  template <class Network>
  auto store_query(const passage_way<Network>& way, const store_request& made) {
    return passing{frame_size::store_request(made), [way, kept = kept_store_request(made)] {
                     const store_request& asked = kept.request();
                     return page_of(way, asked, way.network->fleet().query(way.node, way.client, asked));
                   }};
  }

  /// The bytes of a push.
  template <class Network>
  std::size_t push_bytes(const passage_way<Network>& way, message_index message) {
    const message_facts& facts = way.network->ledger().facts(message);
    return frame_size::filter_push(way.network->pubsub_topic(message).size(), facts.encoded_size);
  }
  /// A push has come to the client: tells its topic and message to `sink`.
  template <class Network, class Sink>
  void push(const passage_way<Network>& way, message_index message, Sink&& sink) {
    sink(way.network->pubsub_topic(message), way.network->body(message));
  }

  /// What the node does with a message that was pushed to it.
  template <class Network>
  static lightpush_reply push_at_node(const passage_way<Network>& way, message_index message,
                                      bool fresh_proof) {
    Network& network = *way.network;
    const message_index stamped = network.stamped(message, way.node);
    if (stamped != message) network.ledger().note_push(stamped, way.node);
    return network.fleet().push(way.node, way.client, stamped, fresh_proof);
  }

 private:
  static crossed<filter_reply> counted(const filter_reply& answer) {
    return {answer, frame_size::filter_answer(answer)};
  }
  template <class Network, class Request, class Change>
  static auto criteria(const passage_way<Network>& way, const Request& made, Change change) {
    // The names that the network keeps stay; those of the request may be gone when it arrives.
    const auto kept = [&way](std::string_view topic) {
      auto& names = way.network->topics();
      return names.name(names.number(topic));
    };
    std::vector<std::string_view> topics;
    for (const std::string_view topic : made.content_topics) topics.push_back(kept(topic));
    return passing{frame_size::filter_request(made.pubsub_topic, made.content_topics),
                   [way, change, topics = std::move(topics), pubsub_topic = kept(made.pubsub_topic)] {
                     return counted(change(way, Request{{}, {}, pubsub_topic, topics}));
                   }};
  }
  template <class Network>
  static auto page_of(const passage_way<Network>& way, const store_request& asked,
                      const services::store_answer<message_index>& page) {
    Network& network = *way.network;
    using message_type = std::remove_cvref_t<decltype(network.body(0))>;
    store_reply<message_type> answer;
    answer.status = page.status;
    answer.cursor = page.cursor;
    const bool with_data = asked.include_data || asked.legacy;
    std::size_t entry_bytes = 0;
    for (const services::archive_entry<message_index>& each : page.entries) {
      const message_index message = *each.body;
      store_entry<message_type>& entry = answer.entries.emplace_back();
      if (!asked.legacy) entry.hash = each.hash;
      if (with_data) entry.body = network.body_from(way.node, message);
      entry_bytes +=
          frame_size::store_entry(each.pubsub_topic.size(),
                                  with_data ? network.ledger().facts(message).encoded_size : 0, asked.legacy);
    }
    const std::size_t size =
        frame_size::store_answer(answer.status, entry_bytes, answer.cursor.size(), asked.legacy);
    return crossed<store_reply<message_type>>{std::move(answer), size};
  }
};

}  // namespace waku::reliability::testing
