// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>

#include <waku/reliability/policy/observer/notice.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// True when `Observer` has an on() for at least one kind of notice.
template <class Observer>
concept hears_something =
    requires(Observer& o, const notice::peer_ejected& n) { o.on(n); } ||
    requires(Observer& o, const notice::peer_replaced& n) { o.on(n); } ||
    requires(Observer& o, const notice::rate_limited& n) { o.on(n); } ||
    requires(Observer& o, const notice::degraded& n) { o.on(n); } ||
    requires(Observer& o, const notice::retransmitted& n) { o.on(n); } ||
    requires(Observer& o, const notice::restamped& n) { o.on(n); } ||
    requires(Observer& o, const notice::neutral_answer& n) { o.on(n); } ||
    requires(Observer& o, const notice::late_confirmation& n) { o.on(n); } ||
    requires(Observer& o, const notice::duplicate_received& n) { o.on(n); } ||
    requires(Observer& o, const notice::unsolicited_push& n) { o.on(n); } ||
    requires(Observer& o, const notice::missing& n) { o.on(n); } ||
    requires(Observer& o, const notice::recovered& n) { o.on(n); } ||
    requires(Observer& o, const notice::lookup_given_up& n) { o.on(n); } ||
    requires(Observer& o, const notice::wrong_body& n) { o.on(n); } ||
    requires(Observer& o, const notice::cursor_looped& n) { o.on(n); } ||
    requires(Observer& o, const notice::window_recovered& n) { o.on(n); } ||
    requires(Observer& o, const notice::window_shortened& n) { o.on(n); } ||
    requires(Observer& o, const notice::audit_failed& n) { o.on(n); } ||
    requires(Observer& o, const notice::seen_evicted& n) { o.on(n); } ||
    requires(Observer& o, const notice::clock_jumped& n) { o.on(n); } ||
    requires(Observer& o, const notice::outage_began& n) { o.on(n); } ||
    requires(Observer& o, const notice::outage_ended& n) { o.on(n); } ||
    requires(Observer& o, const notice::filter_refused& n) { o.on(n); } ||
    requires(Observer& o, const notice::stray_reply& n) { o.on(n); } ||
    requires(Observer& o, const notice::budget_exhausted& n) { o.on(n); };

/// Hears what happens: any type with on(notice) for the kinds that it cares about, and nothing for the rest.
/// It is called amid the engine's work: it must not call the engine, and should not throw.
template <class Policy>
concept observer_policy =
    policy<Policy> && Policy::fills == slot::observer && std::movable<Policy> && hears_something<Policy>;

}  // namespace waku::reliability
