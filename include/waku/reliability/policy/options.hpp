// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <waku/reliability/core/instant.hpp>

/// Every number of the library, grouped as the policies are. The defaults are those of R35. reconfigure()
/// changes them on a running engine, but for three that are fixed at construction: outgoing.messages_max,
/// seen.entries_max and seed. validate() names each that is out of range; a duration is at most 365 days.
namespace waku::reliability {

/// What publish() accepts.
struct publish_options {
  std::size_t message_bytes_max = 153'600;  ///< encoded; larger is refused as message_too_large
  std::size_t meta_bytes_max = 64;          ///< more is refused as meta_too_long
  bool allow_empty_payload = false;         ///< false: refused as empty_payload, since most nodes refuse it
  /// True: own messages are delivered to the application too, when they first leave; but only on content topics
  /// that it subscribed to. The subscriptions that `filter_echo` makes for itself do not count.
  bool deliver_own = false;
};

/// What happens to a message when the outgoing buffer is full.
enum class when_full : std::uint8_t {
  refuse,        ///< publish() answers buffer_full
  evict_oldest,  ///< the oldest entry leaves with the reason `evicted`
};

/// The outgoing buffer (S1.2, S1.3).
struct outgoing_options {
  /// Messages without an outcome, 1 to 1,000,000; over it, see `full`. Fixed at construction. There is room
  /// for three times as many: finished ones stay while a request still has them.
  std::size_t messages_max = 1'024;
  std::size_t bytes_max = std::size_t{16} << 20U;   ///< sum of encoded sizes; over it, see `full`
  when_full full = when_full::refuse;  ///< what publish() does when there is no room
};

/// How long to wait for a reply before the operation ends as a timeout; each more than 0.
struct timeout_options {
  duration push = std::chrono::seconds(10);       ///< lightpush and relay publish
  duration subscribe = std::chrono::seconds(10);  ///< SUBSCRIBE and UNSUBSCRIBE
  duration ping = std::chrono::seconds(5);        ///< PING of a filter node
  duration store = std::chrono::seconds(20);      ///< one page
};

/// How many nodes are used at the same time (L2, F2). With fewer known, all of them, and `degraded` is told.
struct redundancy_options {
  std::uint32_t publish_targets = 2;    ///< nodes a lightpush transmission goes to, 1 to 8
  std::uint32_t subscribe_targets = 2;  ///< filter nodes subscribed at, 1 to 8
  duration hedge_delay = std::chrono::milliseconds(500);  ///< `hedged`: when the next node is tried
};

/// Growing waits: first, first × factor, … up to the cap, each lengthened by a random share up to jitter.
struct backoff_options {
  duration first = std::chrono::seconds(1);  ///< more than 0, to cap
  double factor = 2.0;                       ///< 1 to 100
  duration cap = std::chrono::seconds(8);    ///< at least first; waits grow no further, but for the jitter
  double jitter = 0.25;                      ///< 0 to 1; only lengthens
};

/// When unacknowledged messages are sent again (S1.7, R8).
enum class retransmit_on : std::uint8_t {
  reply,  ///< when a complete reply lacks the hash
  timer,  ///< at every back-off step, whether a reply came or not
};

/// Sending again after a failure (L3) or a loss (S1.7, S3.12, L4.3).
struct retransmit_options {
  backoff_options backoff{};
  duration interval = std::chrono::seconds(2);        ///< of `constant_interval`
  retransmit_on loss = retransmit_on::reply;
  /// Failed transmissions before giving up (L3.5); 0: no limit.
  std::uint32_t attempts_max = 0;
  /// Older bytes are not sent again: stores refuse them at 20 s (R7).
  duration resend_age_max = std::chrono::seconds(15);
};

/// Learning whether a message arrived (S1, S3, L4).
struct confirmation_options {
  duration settling = std::chrono::seconds(3);      ///< from the first acceptance to the first query (R9)
  duration early_interval = std::chrono::seconds(3);  ///< between queries while a resend can still help
  double growth = 2.0;                              ///< of the interval afterwards, at least 1
  duration longest_interval = std::chrono::seconds(60);  ///< it grows no further; at least early_interval
  duration deadline = std::chrono::seconds(60);     ///< from publish() to the outcome; longer than settling
  /// Complete replies without the hash before giving up (S1.8, S3.13); 0: no limit.
  std::uint32_t negative_replies_max = 0;
  /// Transmissions without an echo before giving up (L4.6); 0: no limit.
  std::uint32_t echo_rounds_max = 0;
  std::uint32_t echoes = 1;                ///< filter nodes that must push the message back, 1 to 4 (R24)
  std::uint32_t hashes_per_query = 50;     ///< of a presence query, 1 to 50
  /// Messages left unconfirmed, the latest, whose confirmation is still told to the observer (R31), 0 to 4,096.
  /// Each takes 32 bytes and is compared with every hash of our own that is seen again.
  std::size_t late_news_max = 64;
  /// How long a publish topic stays subscribed for echoes.
  duration echo_topic_linger = std::chrono::minutes(5);
};

/// Finding what was missed (S2, S3, F4).
struct recovery_options {
  duration window = std::chrono::minutes(5);            ///< the reliability window (S2.2)
  duration overlap = std::chrono::seconds(20);          ///< added at both ends of a range, for skewed clocks
  duration longest_reach = std::chrono::hours(24);      ///< how far back an outage extends the range (R29)
  duration slice = std::chrono::hours(24);              ///< longest range of one query, 1 s to 24 h (R29)
  std::uint32_t topics_per_query = 10;                  ///< content topics of one query, 1 to 10
  std::uint32_t page_entries = 100;                     ///< entries of a page, 1 to 100
  std::uint32_t pages_max = 1'000;                      ///< of one query; more is taken as a broken node
  /// Pages of a query come one after the other; a range that is likely to fill more is cut into several
  /// queries. 1 or more.
  std::uint32_t pages_in_turn = 10;
  std::uint32_t nodes_per_query = 3;                    ///< nodes tried before a query fails, 1 to 8 (R11)
  /// Successful rounds, each at another store as far as there are some, that list each moment, 1 to 8.
  std::uint32_t stores_per_range = 3;
  std::uint32_t queries_at_once = 4;                    ///< a pubsub topic; the rest wait
  /// What is missing may still arrive by itself; 0: ask at once (S2.8).
  duration lookup_delay = std::chrono::seconds(5);
  std::uint32_t lookup_hashes = 20;                     ///< bodies asked in one query, 1 to 50
  std::uint32_t lookup_rounds_max = 5;                  ///< rounds before a listed body is given up (R27)
  /// Missing hashes remembered; over it the round stays unfinished. A listed hash that was never received is
  /// compared with each of them: a round that lists 4,096 costs some 10 million comparisons.
  std::size_t missing_max = 4'096;
  bool recover_on_any_loss = false;                     ///< F4 also for the loss of one of several nodes (R5)
};

/// How often the store is audited (S2.2, S3.5).
struct cadence_options {
  duration interval = std::chrono::seconds(60);  ///< of `fixed_cadence`, and where `adaptive_cadence` begins
  duration shortest = std::chrono::seconds(15);  ///< of `adaptive_cadence` after losses; 0 < it <= interval
  duration longest = std::chrono::minutes(4);    ///< keep it below the window
  double growth = 1.5;                           ///< of `adaptive_cadence` while nothing is missing
};

/// Keeping filter subscriptions healthy (F3).
struct subscription_options {
  duration ping_interval = std::chrono::minutes(1);  ///< of `pinged_subscription`, at each node; more than 0
  std::uint32_t ping_failures_max = 2;       ///< in a row at one node before it is replaced (F3.5)
  std::uint32_t subscribe_failures_max = 1;  ///< likewise for SUBSCRIBE; 2 is lenient (F3.4)
  duration refresh_interval = std::chrono::minutes(5);  ///< of `refreshed_subscription` (F3.6)
  std::uint32_t topics_per_request = 100;    ///< content topics of one SUBSCRIBE, 1 to 100 (R26)
  /// Between chunks to one node: some allow one a second.
  duration request_spacing = std::chrono::milliseconds(1'100);
  std::uint32_t topics_max = 900;            ///< content topics on a pubsub topic; more are refused
  /// True: pushes from nodes that we are not subscribed at are dropped (R33).
  bool strict_pushes = false;
  /// Waits between replacements that fail in a row, and after refusals and rate limits; a node that
  /// takes our request for wrong (400) rests for the cap. Failed audits after an outage wait likewise.
  backoff_options replace_backoff{std::chrono::seconds(1), 2.0, std::chrono::seconds(60), 0.25};
};

/// Which nodes are used (L1, F1, R16).
struct pool_options {
  duration first_pause = std::chrono::seconds(30);   ///< an ejected node stays out so long, then longer
  double pause_growth = 2.0;                         ///< at least 1
  duration longest_pause = std::chrono::minutes(10); ///< pauses grow no further; at least first_pause
  std::uint32_t floor = 1;                           ///< so many stay usable, the least bad first, 1 or more
  bool disconnect = false;                           ///< true: also close the connection to an ejected node
};

/// What all extra traffic together may cost: further copies, retransmissions, queries, hedges. Of
/// `token_budget`. Over it a request is put off or left out, and `budget_exhausted` is told.
struct budget_options {
  double bytes_per_second = 64'000;  ///< of encoded messages and queries, in the long run; 1 to 10^15
  double bytes_burst = 1'000'000;    ///< bytes that may go at once after a quiet time; 1 to 10^15
  double requests_per_second = 10;   ///< in the long run; 0.001 to 10^15
  double requests_burst = 100;       ///< requests that may go at once after a quiet time; 1 to 10^15
};

/// Received hashes, kept so that nothing is shown twice (S2.1, R28).
struct seen_options {
  /// Fixed at construction; over it the oldest leaves, and audits reach no further back.
  std::size_t entries_max = 65'536;
  duration lifetime = std::chrono::minutes(20);  ///< at least; longer while an outage keeps a range open
};

/// All options of an engine.
struct options {
  publish_options publish{};
  outgoing_options outgoing{};
  timeout_options timeout{};
  redundancy_options redundancy{};
  retransmit_options retransmit{};
  confirmation_options confirmation{};
  recovery_options recovery{};
  cadence_options cadence{};
  subscription_options subscription{};
  pool_options pool{};
  budget_options budget{};
  seen_options seen{};
  /// A change of wall minus steady time that counts as a jump.
  duration clock_jump = std::chrono::seconds(2);
  /// Of the one random source, which also keys the hash tables. None: the Asio node draws one, a node over a
  /// host of your own always takes the same; give it a secret one wherever peers are not your own tests.
  std::optional<std::uint64_t> seed;
};

}  // namespace waku::reliability
