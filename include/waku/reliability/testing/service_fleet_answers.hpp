// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/testing/service_fleet.hpp>

/// How simulated service nodes answer: the second part of service_fleet.hpp.
namespace waku::reliability::testing {

// Only the tight rate is a fault; the node's own one is how it is.
template <relay_layer Relay>
bool basic_service_fleet<Relay>::within_tight_rate(service_node& node, std::uint32_t client) {
  const bool allowed = node.tight_meter.allow(static_cast<peer_id>(client), node.condition.tight_rate, now());
  if (!allowed) tally_->strike(fault_kind::rate_limit);
  return allowed;
}

template <relay_layer Relay>
bool basic_service_fleet<Relay>::too_old(const service_node& node, message_index message) const {
  return node.store.off_clock(ledger_->facts(message).timestamp, clock_->wall() + node.condition.clock_skew);
}

template <relay_layer Relay>
lightpush_reply basic_service_fleet<Relay>::push(std::uint32_t node, std::uint32_t client,
                                                 message_index message, bool fresh_proof) {
  service_node& own = nodes_[node];
  const message_facts& facts = ledger_->facts(message);
  services::lightpush_facts asked;
  asked.client = static_cast<peer_id>(client);
  asked.pubsub_topic = topics_->name(facts.pubsub_topic);
  asked.content_topic = topics_->name(facts.content_topic);
  asked.payload_bytes = facts.payload_size;
  asked.meta_bytes = facts.meta_size;
  asked.encoded_bytes = facts.encoded_size;
  asked.timestamp = facts.timestamp;
  asked.fresh_proof = fresh_proof;
  asked.seen = has_seen(node, message);
  const auto admission = own.lightpush.admit(asked, {now(), clock_->wall() + own.condition.clock_skew});
  if (!admission) return *admission.refusal;
  if (!within_tight_rate(own, client)) {
    return own.lightpush.reply(admission.legacy, status_code::too_many_requests, "TOO_MANY_REQUESTS");
  }
  if (own.condition.drops_pushes) {
    tally_->strike(fault_kind::pushed_not_relayed);
    return own.lightpush.accepted(admission.legacy, 5);
  }
  if (admission.repeated && own.profile.repeat_is_success) {
    return own.lightpush.answer(admission, {relay_.reachable(node)});
  }
  return own.lightpush.answer(admission, {publish(node, message, own.profile.rln && fresh_proof)});
}

template <relay_layer Relay>
std::uint32_t basic_service_fleet<Relay>::publish(std::uint32_t relay_node, message_index message,
                                                  bool fresh_proof) {
  if (floods_of_.size() <= message) floods_of_.resize(message + 1);
  auto& floods = floods_of_[message];
  if (floods.empty() || fresh_proof) {
    floods.push_back(relay_.new_flood(ledger_->facts(message)));
    floods_.push_back(message);
  }
  return relay_.publish(relay_node, floods.back());
}

template <relay_layer Relay>
bool basic_service_fleet<Relay>::has_seen(std::uint32_t node, message_index message) const {
  return message < floods_of_.size() && !floods_of_[message].empty() &&
         relay_.seen(node, floods_of_[message].back());
}

template <relay_layer Relay>
filter_reply basic_service_fleet<Relay>::subscribe(std::uint32_t node, std::uint32_t client,
                                                   filter_subscribe_request asked) {
  service_node& own = nodes_[node];
  asked.peer = static_cast<peer_id>(client);
  if (!within_tight_rate(own, client)) return {status_code::too_many_requests};
  return own.filter.subscribe(asked, now());
}

template <relay_layer Relay>
filter_reply basic_service_fleet<Relay>::unsubscribe(std::uint32_t node, std::uint32_t client,
                                                     filter_unsubscribe_request asked) {
  service_node& own = nodes_[node];
  asked.peer = static_cast<peer_id>(client);
  if (!within_tight_rate(own, client)) return {status_code::too_many_requests};
  return own.filter.unsubscribe(asked, now());
}

template <relay_layer Relay>
filter_reply basic_service_fleet<Relay>::unsubscribe_all(std::uint32_t node, std::uint32_t client) {
  service_node& own = nodes_[node];
  if (!within_tight_rate(own, client)) return {status_code::too_many_requests};
  return own.filter.unsubscribe_all({static_cast<peer_id>(client)}, now());
}

template <relay_layer Relay>
filter_reply basic_service_fleet<Relay>::ping(std::uint32_t node, std::uint32_t client) {
  service_node& own = nodes_[node];
  if (!within_tight_rate(own, client)) return {status_code::too_many_requests};
  return own.filter.ping({{}, static_cast<peer_id>(client), {}}, now());
}

template <relay_layer Relay>
services::store_answer<message_index> basic_service_fleet<Relay>::query(std::uint32_t node,
                                                                        std::uint32_t client,
                                                                        store_request asked) {
  asked.peer = static_cast<peer_id>(client);
  asked.include_data = true;
  services::store_answer<message_index> page = page_of(node, asked);
  if (store_work_) nodes_[node].store_work = store_work_(node, asked, page);
  return page;
}

template <relay_layer Relay>
services::store_answer<message_index> basic_service_fleet<Relay>::page_of(std::uint32_t node,
                                                                          const store_request& asked) {
  service_node& own = nodes_[node];
  const wall_time here = clock_->wall() + own.condition.clock_skew;
  services::store_answer<message_index> page = own.store.answer(asked, {now(), here});
  if (page.status == status_code::too_many_requests) return page;
  if (!within_tight_rate(own, static_cast<std::uint32_t>(asked.peer))) {
    return {status_code::too_many_requests};
  }
  if (own.condition.hides_messages) {
    // Which half is hidden stays the same, so that asking again does not help.
    const std::size_t hidden = std::erase_if(
        page.entries, [&](const auto& entry) { return ((entry.hash.word(1) >> (node % 64)) & 1U) == 0; });
    tally_->strike(fault_kind::absent_though_stored, hidden);
  }
  return page;
}

template <relay_layer Relay>
bool basic_service_fleet<Relay>::gives_wrong_body(std::uint32_t node, message_index message) const {
  // By the hash, so that asking again does not help.
  const node_condition& condition = nodes_[node].condition;
  const double place = random_source(ledger_->facts(message).hash.word(2)).unit();
  const double from = condition.wrong_bodies_from;
  return (place < from ? place + 1 : place) < from + condition.wrong_bodies;
}

template <relay_layer Relay>
duration basic_service_fleet<Relay>::work(std::uint32_t node, operation_kind kind) {
  const service_node& own = nodes_[node];
  if (own.condition.slowness > duration::zero()) tally_->strike(fault_kind::slow_node);
  if (kind == operation_kind::store_query && store_work_) return own.store_work + own.condition.slowness;
  const latency& usual = kind == operation_kind::lightpush     ? own.profile.lightpush_work
                         : kind == operation_kind::store_query ? own.profile.store_work
                                                               : own.profile.filter_work;
  return usual.draw(random_) + own.condition.slowness;
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::relayed(std::uint32_t node, message_index message) {
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

template <relay_layer Relay>
void basic_service_fleet<Relay>::push_to_subscribers(std::uint32_t node, message_index message) {
  service_node& own = nodes_[node];
  if (!own.profile.filter || !push_) return;
  const message_facts& facts = ledger_->facts(message);
  own.filter.relayed(topics_->name(facts.pubsub_topic), topics_->name(facts.content_topic), facts.hash,
                     message, facts.encoded_size, now());
  // A node does not learn what becomes of a push, so each ends at once, and well.
  while (const auto begun = own.filter.next_push(now())) {
    push_(node, static_cast<std::uint32_t>(begun->client), *begun->body);
    own.filter.push_ended(begun->ticket, true, now());
  }
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::push_unasked(std::uint32_t node, message_index message) {
  if (!push_ || clients_ == 0) return;
  const auto client = static_cast<std::uint32_t>(random_.below(clients_));
  const bool decoy = !decoys_.empty() && random_.chance(0.5);
  if (!decoy && nodes_[node].filter.subscribed(static_cast<peer_id>(client))) return;
  tally_->strike(fault_kind::unasked_push);
  push_(node, client, decoy ? decoys_[random_.below(decoys_.size())] : message);
}

}  // namespace waku::reliability::testing
