// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>

#include <waku/reliability/testing/service_fleet.hpp>

/// What simulated stores keep and how they synchronise, and what befalls nodes: the third part of
/// service_fleet.hpp.
namespace waku::reliability::testing {

template <relay_layer Relay>
bool basic_service_fleet<Relay>::insert(std::uint32_t node, message_index message) {
  const message_facts& facts = ledger_->facts(message);
  const services::archive_record record{facts.hash, facts.timestamp, topics_->name(facts.pubsub_topic),
                                        topics_->name(facts.content_topic), facts.encoded_size};
  return nodes_[node].store.archive().insert(record, message, clock_->wall()) ==
         services::archive_insertion::stored;
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::take_into_archive(std::uint32_t node, message_index message) {
  if (!has_store(node) || !nodes_[node].condition.honest_store()) return;
  const message_facts& facts = ledger_->facts(message);
  if (facts.ephemeral || too_old(nodes_[node], message)) return;
  clock_->schedule_after(nodes_[node].profile.archive_delay.draw(random_), [this, node, message] {
    if (!nodes_[node].condition.online) return;
    if (nodes_[node].condition.store_full) return tally_->strike(fault_kind::full_store);
    store(node, message);
  });
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::store(std::uint32_t node, message_index message) {
  if (!nodes_[node].condition.honest_store() || !insert(node, message)) return;
  ledger_->note_stored(message, node, now());
  for (std::uint32_t other = 0; other < size(); ++other) {
    if (other == node || !has_store(other)) continue;
    if (other == anchor_) {
      store_by_sync(other, message);
    } else {
      clock_->schedule_after(sync_delay_.draw(random_),
                             [this, other, message] { store_by_sync(other, message); });
    }
  }
}

template <relay_layer Relay>
bool basic_service_fleet<Relay>::can_store(std::uint32_t node) const {
  const node_condition& condition = nodes_[node].condition;
  return has_store(node) && condition.online && !condition.store_full;
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::store_by_sync(std::uint32_t node, message_index message) {
  if (!can_store(node) || !insert(node, message)) return;
  if (nodes_[node].condition.honest_store()) ledger_->note_stored(message, node, now());
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::catch_up(std::uint32_t node) {
  if (!can_store(node)) return;
  for (std::uint32_t other = 0; other < size(); ++other) {
    if (other == node || !can_store(other)) continue;
    archive(other).for_each(
        [&](const services::archive_place&, message_index message) { store_by_sync(node, message); });
  }
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::catch_up_later(std::uint32_t node) {
  if (!has_store(node)) return;
  clock_->schedule_after(sync_delay_.draw(random_), [this, node] { catch_up(node); });
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::set_online(std::uint32_t node, bool online) {
  service_node& own = nodes_[node];
  if (own.condition.online == online) return;
  assert((online || node != anchor_) && "the anchor must stay");
  own.condition.online = online;
  relay_.set_online(node, online);
  if (!online) return;
  tally_->strike(fault_kind::subscription_lost, own.filter.forget_all());
  relay_.forget_seen(node);
  catch_up_later(node);
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::set_store_full(std::uint32_t node, bool full) {
  assert((!full || node != anchor_) && "the anchor must stay");
  nodes_[node].condition.store_full = full;
  if (!full) catch_up_later(node);
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::wipe_store(std::uint32_t node) {
  assert(node != anchor_ && "the anchor must stay");
  if (archive(node).size() != 0) tally_->strike(fault_kind::wiped_store);
  static_cast<void>(nodes_[node].store.archive().clear());  // memory never fails
  catch_up_later(node);
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::fill_store(std::uint32_t node, message_index message) {
  assert(honest(node) && has_store(node));
  if (insert(node, message)) ledger_->note_stored(message, node, now());
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::set_lies(std::uint32_t node, const node_condition& lies) {
  service_node& own = nodes_[node];
  own.condition.drops_pushes = lies.drops_pushes;
  own.condition.hides_messages = lies.hides_messages;
  own.condition.pushes_unasked = lies.pushes_unasked;
  own.condition.wrong_bodies = lies.wrong_bodies;
  own.condition.wrong_bodies_from = lies.wrong_bodies_from;
  assert((own.condition.honest() || node != anchor_) && "the anchor must stay");
  if (!own.condition.honest_store()) return;
  archive(node).for_each([&](const services::archive_place&, message_index message) {
    ledger_->note_stored(message, node, now());
  });
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::set_clock_skew(std::uint32_t node, duration ahead) {
  if (ahead != duration::zero() && ahead != nodes_[node].condition.clock_skew) {
    tally_->strike(fault_kind::clock_skew);
  }
  nodes_[node].condition.clock_skew = ahead;
}

template <relay_layer Relay>
void basic_service_fleet<Relay>::set_anchor(std::uint32_t node) {
  assert(can_store(node) && honest(node) && "the anchor is an honest store that is there");
  // The new one is brought up to date before the old one lets go.
  catch_up(node);
  anchor_ = node;
}

}  // namespace waku::reliability::testing
