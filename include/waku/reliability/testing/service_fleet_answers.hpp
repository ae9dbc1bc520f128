// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <string_view>

#include <waku/reliability/testing/service_fleet.hpp>

/// How simulated service nodes answer: the second part of service_fleet.hpp.
namespace waku::reliability::testing {

inline bool service_fleet::within_rate(service_node& node, services::request_meter& own,
                                       const services::request_rate& rate, std::uint32_t client) {
  const auto asking = static_cast<peer_id>(client);
  if (!own.allow(asking, rate, now())) return false;
  return within_tight_rate(node, asking);
}

// Only the tight rate is a fault; the node's own one is how it is.
inline bool service_fleet::within_tight_rate(service_node& node, peer_id asking) {
  const bool allowed = node.tight_meter.allow(asking, node.condition.tight_rate, now());
  if (!allowed) tally_->strike(fault_kind::rate_limit);
  return allowed;
}

inline bool service_fleet::serves(const service_node& node, std::string_view pubsub_topic) {
  const auto& served = node.profile.pubsub_topics;
  return served.empty() || std::find(served.begin(), served.end(), pubsub_topic) != served.end();
}

inline bool service_fleet::too_old(const service_node& node, message_index message) const {
  return node.store.off_clock(ledger_->facts(message).timestamp, clock_->wall() + node.condition.clock_skew);
}

inline lightpush_reply service_fleet::push_answer(const service_node& node, std::uint32_t status,
                                                  std::string_view text) {
  lightpush_reply reply;
  reply.status = status;
  reply.description = text;
  if (node.profile.legacy_lightpush) {
    // The old protocol knows yes and no; its text alone tells a rate limit.
    reply.legacy = true;
    if (status != status_code::ok && status != status_code::too_many_requests) {
      reply.status = status_code::internal_server_error;
    }
  }
  return reply;
}

inline lightpush_reply service_fleet::push(std::uint32_t node, std::uint32_t client, message_index message,
                                           bool fresh_proof) {
  service_node& own = nodes_[node];
  const message_facts& facts = ledger_->facts(message);
  if (!within_rate(own, own.lightpush_meter, own.profile.lightpush_rate, client)) {
    return push_answer(own, status_code::too_many_requests, "TOO_MANY_REQUESTS");
  }
  const auto accepted = [&](std::uint32_t peers) {
    lightpush_reply reply = push_answer(own, status_code::ok, {});
    if (!own.profile.legacy_lightpush) reply.relay_peer_count = peers;
    return reply;
  };
  if (own.condition.drops_pushes) {
    tally_->strike(fault_kind::pushed_not_relayed);
    return accepted(own.profile.legacy_lightpush ? 0 : 5);
  }
  if (facts.meta_size > 64) return push_answer(own, status_code::bad_request, "undecodable");
  if (facts.encoded_size > own.profile.message_bytes_max) {
    return push_answer(own, status_code::invalid_message, "Message size exceeded maximum");
  }
  if (own.profile.rln && (too_old(own, message) || (has_flood(message) && !fresh_proof &&
                                                    relay_.seen(node, floods_of_[message].back())))) {
    return push_answer(own, status_code::invalid_message, "RLN validation failed");
  }
  const bool repeated = has_flood(message) && !(own.profile.rln && fresh_proof) &&
                        relay_.seen(node, floods_of_[message].back());
  if (repeated && own.profile.repeat_is_success) return accepted(relay_.reachable(node));
  const bool served = serves(own, topics_->name(facts.pubsub_topic));
  const std::uint32_t peers = served ? publish(node, message, own.profile.rln && fresh_proof) : 0;
  if (peers == 0) {
    return push_answer(own, status_code::no_peers_to_relay, "not_published_to_any_peer");
  }
  return accepted(peers);
}

inline std::uint32_t service_fleet::publish(std::uint32_t relay_node, message_index message,
                                            bool fresh_proof) {
  if (floods_of_.size() <= message) floods_of_.resize(message + 1);
  auto& floods = floods_of_[message];
  if (floods.empty() || fresh_proof) {
    floods.push_back(relay_.new_flood());
    floods_.push_back(message);
  }
  return relay_.publish(relay_node, floods.back());
}

inline bool service_fleet::has_flood(message_index message) const {
  return message < floods_of_.size() && !floods_of_[message].empty();
}

inline filter_reply service_fleet::subscribe(std::uint32_t node, std::uint32_t client,
                                             std::uint32_t pubsub_topic,
                                             std::span<const std::uint32_t> content_topics) {
  service_node& own = nodes_[node];
  filter_reply reply;
  reply.status = 429;
  if (within_rate(own, own.filter_meter, own.profile.filter_rate, client)) {
    reply.status = own.filter.subscribe(client, pubsub_topic, content_topics, own.profile, now());
  }
  return reply;
}

inline filter_reply service_fleet::unsubscribe(std::uint32_t node, std::uint32_t client,
                                               std::uint32_t pubsub_topic,
                                               std::span<const std::uint32_t> content_topics) {
  service_node& own = nodes_[node];
  filter_reply reply;
  reply.status = 429;
  if (within_rate(own, own.filter_meter, own.profile.filter_rate, client)) {
    reply.status = own.filter.unsubscribe(client, pubsub_topic, content_topics, own.profile, now());
  }
  return reply;
}

inline filter_reply service_fleet::ping(std::uint32_t node, std::uint32_t client) {
  service_node& own = nodes_[node];
  filter_reply reply;
  reply.status = 429;
  if (within_rate(own, own.filter_meter, own.profile.filter_rate, client)) {
    reply.status = own.filter.ping(client, own.profile, now());
  }
  return reply;
}

inline services::store_answer<message_index> service_fleet::query(std::uint32_t node, std::uint32_t client,
                                                                  store_request asked) {
  service_node& own = nodes_[node];
  asked.peer = static_cast<peer_id>(client);
  asked.include_data = true;
  const wall_time here = clock_->wall() + own.condition.clock_skew;
  services::store_answer<message_index> page = own.store.answer(asked, {now(), here});
  if (page.status == status_code::too_many_requests) return page;
  if (!within_tight_rate(own, asked.peer)) return {status_code::too_many_requests};
  if (own.condition.hides_messages) {
    // Which half is hidden stays the same, so that asking again does not help.
    const std::size_t hidden = std::erase_if(
        page.entries, [&](const auto& entry) { return ((entry.hash.word(1) >> (node % 64)) & 1U) == 0; });
    tally_->strike(fault_kind::absent_though_stored, hidden);
  }
  return page;
}

inline bool service_fleet::gives_wrong_body(std::uint32_t node, message_index message) const {
  // By the hash, so that asking again does not help.
  const node_condition& condition = nodes_[node].condition;
  const double place = random_source(ledger_->facts(message).hash.word(2)).unit();
  const double from = condition.wrong_bodies_from;
  return (place < from ? place + 1 : place) < from + condition.wrong_bodies;
}

inline duration service_fleet::work(std::uint32_t node, operation_kind kind) {
  const service_node& own = nodes_[node];
  if (own.condition.slowness > duration::zero()) tally_->strike(fault_kind::slow_node);
  const latency& usual = kind == operation_kind::lightpush     ? own.profile.lightpush_work
                         : kind == operation_kind::store_query ? own.profile.store_work
                                                               : own.profile.filter_work;
  return usual.draw(random_) + own.condition.slowness;
}

inline void service_fleet::relayed(std::uint32_t node, message_index message) {
  const bool is_service = node < nodes_.size();
  ledger_->note_relayed(message, node, !is_service || nodes_[node].condition.honest_relay(), now());
  if (!is_service) {
    if (heard_) heard_(node, message);
    return;
  }
  take_into_archive(node, message);
  push_to_subscribers(node, message);
  if (nodes_[node].condition.pushes_unasked) push_unasked(node, message);
}

inline void service_fleet::push_to_subscribers(std::uint32_t node, message_index message) {
  service_node& own = nodes_[node];
  if (!own.profile.filter || !push_) return;
  for (const std::uint32_t client :
       own.filter.take_in(message, ledger_->facts(message), own.profile, now())) {
    push_(node, client, message);
  }
}

inline void service_fleet::push_unasked(std::uint32_t node, message_index message) {
  if (!push_ || clients_ == 0) return;
  const auto client = static_cast<std::uint32_t>(random_.below(clients_));
  const bool decoy = !decoys_.empty() && random_.chance(0.5);
  if (!decoy && nodes_[node].filter.subscribed(client)) return;
  tally_->strike(fault_kind::unasked_push);
  push_(node, client, decoy ? decoys_[random_.below(decoys_.size())] : message);
}

}  // namespace waku::reliability::testing
