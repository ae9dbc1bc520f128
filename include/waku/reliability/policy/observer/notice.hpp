// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message_hash.hpp>

/// What an observer can be told. Views are valid during the call.
namespace waku::reliability {

/// The number by which publish() names what it accepted. Never reused.
enum class request_id : std::uint64_t {};

}  // namespace waku::reliability

namespace waku::reliability::notice {

/// A node was charged with a failure and left the pool for now (L1.4, F1.4).
struct peer_ejected { std::string_view pubsub_topic; service of; peer_id peer; };
/// A filter node was replaced by another (F1.5, F3.5): `left` is the old one, `taken` the new one.
struct peer_replaced { std::string_view pubsub_topic; peer_id left; peer_id taken; };
/// A node asked us to slow down; it rests for so long and is not charged (R20).
struct rate_limited { std::string_view pubsub_topic; service of; peer_id peer; duration pause; };
/// Fewer nodes than wanted, so redundancy or independence is less than configured (R18, R24, L4.2): `have`
/// are used where `want` would be. Have 0, want 1: all that could confirm a message were handed it before.
struct degraded { std::string_view pubsub_topic; service of; std::uint32_t have; std::uint32_t want; };
/// A message was handed to the route again. `transmission` counts all of them: 2 for the first time again.
struct retransmitted { request_id request; std::uint32_t transmission; };
/// A message got a new timestamp and hash, since every attempt before was definitely refused (R34).
struct restamped { request_id request; message_hash before; message_hash after; };
/// A refusal that proves nothing, since the bytes may already be there (R21).
struct neutral_answer { request_id request; peer_id peer; std::uint32_t status; };
/// A confirmation came after the outcome (R31).
struct late_confirmation { message_hash hash; };
/// A message that was received already came again.
struct duplicate_received { message_hash hash; };
/// A push that fits no interest of ours, or in strict mode no subscription at that node (R33).
struct unsolicited_push { std::string_view pubsub_topic; peer_id peer; };
/// A store listed a hash that was never received (S2.6).
struct missing { message_hash hash; };
/// A missing message was fetched and is delivered (S2.7).
struct recovered { message_hash hash; };
/// A listed hash whose body no node returned is given up until it leaves the window (R27).
struct lookup_given_up { message_hash hash; };
/// A store returned a body that does not have the hash that was asked for.
struct wrong_body { peer_id peer; message_hash asked; };
/// A store's cursor came round again; the query goes to another node.
struct cursor_looped { peer_id peer; };
/// A range was audited with full success (R12).
struct window_recovered { std::string_view pubsub_topic; wall_time start; wall_time end; };
/// A range was cut: by options.recovery.longest_reach (R29), or because older hashes are forgotten. It should
/// begin at `wanted`, and begins at `start`.
struct window_shortened { std::string_view pubsub_topic; wall_time wanted; wall_time start; };
/// A round of the audit failed; its range stays open.
struct audit_failed { std::string_view pubsub_topic; };
/// The seen set was full and forgot its oldest hash (R28).
struct seen_evicted {};
/// The wall clock moved against the steady one by this much.
struct clock_jumped { duration by; };
/// No subscribed filter node is healthy, or the transport says that we are offline (R5).
struct outage_began { std::string_view pubsub_topic; };
/// The topic receives again; what was missed meanwhile is asked for, where a recovery policy is in use.
struct outage_ended { std::string_view pubsub_topic; };
/// A filter node refused our request as wrong (400): ours to mend, so it is not replaced.
struct filter_refused { std::string_view pubsub_topic; peer_id peer; std::uint32_t status; };
/// A reply came for an operation that has ended.
struct stray_reply { operation_id operation; };
/// The budget had no room for an extra request, which is put off or left out.
struct budget_exhausted { std::string_view pubsub_topic; };

}  // namespace waku::reliability::notice
