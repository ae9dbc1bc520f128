// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <generic/random/draws.hpp>
#include <generic/random/network.hpp>

namespace generic::random_schedules {

/// How much later than asked for a node is woken at most.
inline constexpr duration wake_delay_max = std::chrono::milliseconds(300);
/// How much later than due an outcome comes at most: hooks that raise end a wake, and the next is late too.
inline constexpr duration outcome_delay_max = 4 * wake_delay_max;

/// How one push ended, as far as its sender can know.
enum class push_end : std::uint8_t { open, accepted, refused, unknown };

using any_reply = std::variant<std::monostate, wr::transport_error, wr::relay_reply, wr::lightpush_reply,
                               wr::filter_reply, wr::store_reply<message>>;
using any_handle =
    std::variant<std::monostate, wr::reply_handle<message, wr::relay_reply>,
                 wr::reply_handle<message, wr::lightpush_reply>, wr::reply_handle<message, wr::filter_reply>,
                 wr::reply_handle<message, wr::store_reply<message>>>;

/// A request that a node started.
struct operation {
  wr::operation_id id;
  wr::operation_kind kind{};
  std::uint32_t peer = nothing;  ///< none for relay
  std::uint32_t shard = 0;
  duration started{};
  bool of_ended_node = false;
  bool cancelled = false;
  bool answered = false;  ///< an end was told to the node
  bool failed = false;    ///< which was the peer's failure
  duration answered_at{};
  push_end end = push_end::open;
  any_handle handle;
  any_reply answer;

  std::uint32_t publication = nothing;   ///< pushes
  std::uint32_t truth = nothing;         ///< pushes
  const message* lent = nullptr;         ///< pushes: what the node lends until the end
  std::string_view lent_shard;           ///< pushes
  bit_set topics = 0;                    ///< filter and content queries
  std::vector<wr::message_hash> hashes;  ///< queries by hash
  content_query query{};                 ///< content queries
  std::uint32_t after = nothing;         ///< content queries: the message that the cursor names
  std::uint32_t limit = 0;
  bool include_data = false;

  [[nodiscard]] bool push() const {
    return kind == wr::operation_kind::lightpush || kind == wr::operation_kind::relay_publish;
  }
  [[nodiscard]] bool ended() const { return answered || cancelled || of_ended_node; }
};

/// A message that the application handed over and the node accepted.
struct publication {
  std::uint64_t request = 0;
  message body;  ///< as handed over
  std::uint32_t shard = 0;
  std::uint32_t topic = 0;
  duration accepted_at{};
  duration due{};  ///< the outcome comes by then
  bool finished = false;
  bool cancel_asked = false;
  bool propagated = false;
  bool carried_over = false;  ///< it was pending when a node ended
  bool refused_falsely = false;
  std::uint32_t pushes = 0;
  std::uint32_t ends[4]{};  ///< pushes by push_end
  bit_set pushed_to = 0;
  bit_set echoed_by = 0;
  bit_set echoed_apart_by = 0;        ///< nodes that it had not been pushed to by then
  bool repeated = false;              ///< the same bytes had been accepted before
  bool too_old = false;               ///< stores would refuse it before it can be sent twice
  bool listed = false;                ///< a store told the node that it holds it
  std::vector<std::uint32_t> truths;  ///< one for each timestamp that it had
  std::optional<wr::outcome> outcome;

  [[nodiscard]] std::uint32_t count(push_end end) const { return ends[static_cast<std::size_t>(end)]; }
};

/// Where time and world stand; the schedule keeps it up to date.
struct situation {
  duration now{};
  bool paused = false;
  bool pause_known = false;  ///< and what was decided before has been carried out
  bool stopped = false;
  bool stop_known = false;    ///< and what was decided before has been carried out
  bool told_online = true;    ///< what the node was told last
  bool known_online = true;   ///< what it may still believe
  duration online_since{};    ///< when it was told so
  duration taken_in_until{};  ///< when the node last had taken in all that was told
  bool healed = false;
  std::uint32_t restarts = 0;
  std::uint32_t wall_steps = 0;
  bool set_back_in_restart = false;  ///< the node came back with a slower wall clock than any it had
  std::uint32_t reconfigurations = 0;
  std::array<bit_set, shard_names.size()> subscribed{};  ///< content topics that the application wants
  std::array<std::array<duration, topic_names.size()>, shard_names.size()> unsubscribed_at{};
  std::array<std::array<duration, topic_names.size()>, shard_names.size()> published_at{};
};

/// Keeps the books on one node, and says where it broke a promise.
class judge {
 public:
  judge(const draws& drawn, const policy_facts& facts, network& net, const situation& at)
      : drawn_(drawn), facts_(facts), net_(net), at_(at) {}

  // What the application did.
  void accepted(wr::request_id request, std::uint32_t shard, const message& body, wr::wall_time now,
                duration deadline);
  void refused(wr::errc why, const message& body, std::size_t pending_before);

  // What the node does. start() gives the place of the operation.
  std::uint32_t start(operation&& begun);
  void push_started(operation& begun, const message& lent, const wr::message_hash& hash);
  void query_started(operation& begun, const wr::store_request& asked);
  void cancelled(wr::operation_id id);
  void delivered(const wr::deliver<message>& given);
  void finished(const wr::finished& end);
  void propagated(const wr::propagated& first);
  void ejected(const wr::notice::peer_ejected& told);
  void woken(std::size_t pending, std::size_t operations);

  // What the network does.
  void answering(operation& ending, const any_reply& with);
  void pushed_back(std::uint32_t truth, std::uint32_t by);
  void node_ended(duration due);

  // The end.
  void all_ended(std::size_t pending, std::size_t operations);
  void converged(duration healed_at, duration settled_at);

  std::vector<operation> operations;
  std::vector<publication> publications;
  bool degraded_told = false;
  bool seen_evicted = false;
  bool window_shortened = false;

  void violated(std::string what);
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

 private:
  [[nodiscard]] publication* find(wr::request_id request);
  [[nodiscard]] bool interested(std::uint32_t shard, std::uint32_t topic, duration grace) const;
  void check_peer(const operation& begun);
  void check_lent(const operation& ended);
  void end_push(operation& ended, push_end how);
  void check_confirmed(const publication& ended, const wr::confirmed& how);
  void check_unconfirmed(const publication& ended, const wr::unconfirmed& how);
  void check_failed(const publication& ended, const wr::failed& how);

  const draws& drawn_;
  const policy_facts& facts_;
  network& net_;
  const situation& at_;
  std::vector<std::string> violations_;
};

}  // namespace generic::random_schedules
