// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <waku/reliability/policy/observer/notice.hpp>
#include <waku/reliability/policy/slot.hpp>

#include "../program/console.hpp"
#include "../program/naming.hpp"

namespace live_light_client {

namespace lp = live_program;
namespace wr = waku::reliability;
using lp::json;

inline std::string seconds(wr::duration length) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(length).count() / 100;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
}

/// Tells what the strategy does: a sentence for each of the engine's notices, and for each request and its answer.
/// Counts what was recovered, told or not.
class narration {
 public:
  /// What a peer is called.
  using naming = std::function<std::string(wr::peer_id)>;

  narration(lp::console& to, naming names, bool tells)
      : console_(&to), id_of_(std::move(names)), tells_(tells) {}

  [[nodiscard]] bool tells() const noexcept { return tells_; }
  void stop_telling() noexcept { tells_ = false; }
  /// Of who is missing nothing is told until settle(): they may be on their way.
  void wait_for_peers() { waits_ = true; }
  /// Tells who is missing now. `present` gives how many peers are there for a service.
  void settle(const std::function<std::size_t(wr::service)>& present) {
    if (!std::exchange(waits_, false)) return;
    for (const auto& [of, n] : std::exchange(waiting_, {})) {
      if (n.have == present(of)) hear(n);  // Of any other number the engine tells anew.
    }
  }
  /// Lines are known by their numbers in the input, from 1 on, from their publication to their verdict.
  void name(wr::request_id request, std::uint64_t line) { lines_[request] = line; }
  std::uint64_t end(wr::request_id request) {
    const auto ended = lines_.extract(request);
    return ended ? ended.mapped() : 0;
  }
  [[nodiscard]] std::uint64_t recovered() const noexcept { return recovered_; }

  /// A request, or its answer.
  void tell_request(std::string_view name, wr::peer_id peer, const std::string& sentence) {
    tell(name, sentence, {{"peer", id_of_(peer)}});
  }
  /// The peer's name, short.
  [[nodiscard]] std::string name_of(wr::peer_id peer) const { return lp::brief(id_of_(peer)); }

  // Notices.

  void hear(const wr::notice::peer_ejected& n) {
    tell("peer_ejected",
         name_of(n.peer) + " failed as a " + name_of(n.of) + " node, and is left out for a while",
         {{"peer", id_of_(n.peer)}, {"service", name_of(n.of)}});
  }
  void hear(const wr::notice::peer_replaced& n) {
    tell("peer_replaced", "filter node " + name_of(n.left) + " is replaced by " + name_of(n.taken),
         {{"peer", id_of_(n.left)}, {"taken", id_of_(n.taken)}});
  }
  void hear(const wr::notice::rate_limited& n) {
    tell("rate_limited",
         name_of(n.peer) + " asked for fewer " + name_of(n.of) + " requests, and rests for " +
             seconds(n.pause),
         {{"peer", id_of_(n.peer)}, {"service", name_of(n.of)}});
  }
  void hear(const wr::notice::degraded& n) {
    if (n.of == wr::service::store && n.have == 0) {
      return tell(
          "degraded",
          "all stores that could confirm a line were handed it before: a further peer would know better",
          {{"service", "store"}, {"have", n.have}, {"want", n.want}});
    }
    if (waits_) {
      waiting_.insert_or_assign(n.of, n);
      return;
    }
    tell("degraded",
         "for " + name_of(n.of) + " " + std::to_string(n.want) + " nodes of our shards are wanted, and " +
             std::to_string(n.have) + (n.have == 1 ? " is" : " are") + " there: give further ones by --peer",
         {{"service", name_of(n.of)}, {"have", n.have}, {"want", n.want}});
  }
  void hear(const wr::notice::retransmitted& n) {
    tell("retransmitted",
         "line " + number(n.request) + " is sent again, the " + std::to_string(n.transmission) +
             ". time: nobody has taken it, or a store lacks it",
         {{"id", id(n.request)}, {"transmission", n.transmission}});
  }
  void hear(const wr::notice::restamped& n) {
    tell("restamped",
         "line " + number(n.request) +
             " was refused until it was too old, so it gets a new timestamp and hash",
         {{"id", id(n.request)}, {"before", lp::hex(n.before)}, {"hash", lp::hex(n.after)}});
  }
  void hear(const wr::notice::neutral_answer& n) {
    tell("neutral_answer",
         name_of(n.peer) + " answered " + std::to_string(n.status) + " to line " + number(n.request) +
             ", which proves nothing: the message may be there",
         {{"id", id(n.request)}, {"peer", id_of_(n.peer)}, {"status", n.status}});
  }
  void hear(const wr::notice::late_confirmation& n) {
    tell("late_confirmation", lp::brief(n.hash) + " has arrived after all, after its verdict",
         {{"hash", lp::hex(n.hash)}});
  }
  void hear(const wr::notice::duplicate_received& n) {
    tell("duplicate_received", lp::brief(n.hash) + " came again, and is not shown again",
         {{"hash", lp::hex(n.hash)}});
  }
  void hear(const wr::notice::unsolicited_push& n) {
    tell("unsolicited_push", name_of(n.peer) + " pushed what was not asked for", {{"peer", id_of_(n.peer)}});
  }
  void hear(const wr::notice::missing& n) {
    tell("missing", "a store has " + lp::brief(n.hash) + ", which never came", {{"hash", lp::hex(n.hash)}});
  }
  void hear(const wr::notice::recovered& n) {
    ++recovered_;
    tell("recovered", lp::brief(n.hash) + " is fetched from a store", {{"hash", lp::hex(n.hash)}});
  }
  void hear(const wr::notice::lookup_given_up& n) {
    tell("lookup_given_up", "no store gives " + lp::brief(n.hash) + ", though one lists it",
         {{"hash", lp::hex(n.hash)}});
  }
  void hear(const wr::notice::wrong_body& n) {
    tell("wrong_body",
         name_of(n.peer) + " gave another message than " + lp::brief(n.asked) + ", for which it was asked",
         {{"peer", id_of_(n.peer)}, {"hash", lp::hex(n.asked)}});
  }
  void hear(const wr::notice::cursor_looped& n) {
    tell("cursor_looped",
         name_of(n.peer) + " gives the same pages again and again, so another store is asked",
         {{"peer", id_of_(n.peer)}});
  }
  void hear(const wr::notice::window_recovered& n) {
    tell("window_recovered",
         "nothing is missing of the last " + seconds(n.end - n.start) + " that a store was asked about",
         {{"pubsub_topic", n.pubsub_topic}});
  }
  void hear(const wr::notice::window_shortened& n) {
    tell("window_shortened",
         "what is older than " + seconds(n.start - n.wanted) + " of what was missed is not asked for",
         {{"pubsub_topic", n.pubsub_topic}});
  }
  void hear(const wr::notice::audit_failed& n) {
    if (waits_) return;
    tell("audit_failed", "no store could say what is missing; it is asked for later",
         {{"pubsub_topic", n.pubsub_topic}});
  }
  void hear(const wr::notice::seen_evicted&) {
    tell("seen_evicted", "so many messages came that the first are forgotten", json::object());
  }
  void hear(const wr::notice::clock_jumped& n) {
    tell("clock_jumped", "the clock was changed by " + seconds(n.by), json::object());
  }
  void hear(const wr::notice::outage_began& n) {
    tell("outage_began", "nobody delivers " + std::string(n.pubsub_topic) + " now",
         {{"pubsub_topic", n.pubsub_topic}});
  }
  void hear(const wr::notice::outage_ended& n) {
    tell("outage_ended", std::string(n.pubsub_topic) + " is delivered again; what was missed is asked for",
         {{"pubsub_topic", n.pubsub_topic}});
  }
  void hear(const wr::notice::filter_refused& n) {
    tell("filter_refused",
         "filter node " + name_of(n.peer) + " takes the request for wrong: " + std::to_string(n.status),
         {{"peer", id_of_(n.peer)}, {"status", n.status}});
  }
  void hear(const wr::notice::stray_reply&) {
    tell("stray_reply", "an answer came to what was given up", json::object());
  }
  void hear(const wr::notice::budget_exhausted&) {
    tell("budget_exhausted", "an extra request is put off, to spare the network", json::object());
  }

 private:
  static std::string name_of(wr::service of) {
    switch (of) {
      case wr::service::lightpush: return "lightpush";
      case wr::service::filter: return "filter";
      case wr::service::store: return "store";
    }
    return "unknown";
  }
  [[nodiscard]] std::uint64_t id(wr::request_id request) const {
    const auto named = lines_.find(request);
    return named == lines_.end() ? 0 : named->second;
  }
  [[nodiscard]] std::string number(wr::request_id request) const { return std::to_string(id(request)); }
  void tell(std::string_view name, const std::string& sentence, json fields) {
    if (!tells_) return;
    json object = {{"event", "notice"}, {"notice", name}};
    object.update(fields);
    object["sentence"] = sentence;
    console_->note(object, sentence);
  }

  lp::console* console_;
  naming id_of_;
  bool tells_;
  std::uint64_t recovered_ = 0;
  bool waits_ = false;
  std::map<wr::service, wr::notice::degraded> waiting_;
  std::unordered_map<wr::request_id, std::uint64_t> lines_;
};

/// The observer of the node: hands everything to a narration.
struct narrated {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const auto& notice) const {
    if (to != nullptr) to->hear(notice);
  }

  narration* to = nullptr;
};

}  // namespace live_light_client
