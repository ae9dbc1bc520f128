// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <midscale/discovery/discv5_state.hpp>

namespace midscale {

/// A PING or FINDNODE on its way, and what was answered.
struct discv5_request {
  std::array<std::uint32_t, 16> found{};
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint32_t life = 0;  ///< of the sender
  std::uint32_t key = 0;   ///< that it is encrypted with
  wr::duration latency{};
  wr::duration deadline{};
  std::uint16_t distance = 0;  ///< of FINDNODE: between the target and who is asked; 0: PING
  std::uint8_t look_up = 0;    ///< of the sender, which asks
  std::uint8_t count = 0;      ///< of those found
  std::uint8_t under_way = 0;  ///< events
  bool sender_known = false;   ///< when WHOAREYOU was sent
  bool missed = false;         ///< it will not be answered in time
  bool answered = false;
  bool over = false;
};

/// Requests and their answers over UDP, with the sessions that they need. An answer's packets leave and come at one
/// moment. Nothing waits for the lines of nodes, which discv5 does not fill.
class discv5_exchange {
 public:
  explicit discv5_exchange(discv5_state& state) : state_(state) {}

  /// A node asks another: PING with distance 0, else FINDNODE.
  void ask(std::uint32_t from, std::uint32_t to, std::uint16_t distance, std::uint8_t look_up) {
    assert(from != to);
    if (state_.software(from).one_at_a_time) {
      auto& own = state_.participants[from];
      const bool busy = std::any_of(own.calls.begin(), own.calls.end(),
                                    [to](const discv5_state::call& each) { return each.to == to; });
      (busy ? own.waiting : own.calls).push_back({to, distance, look_up});
      if (busy) return;
    }
    const std::uint32_t number = take();
    discv5_request& asked = requests_[number];
    asked = {};
    asked.from = from;
    asked.to = to;
    asked.life = state_.participants[from].life;
    asked.key = state_.participants[from].sessions.use(to);
    asked.latency = state_.latency(from, to);
    asked.deadline = state_.now() + state_.software(from).response;
    asked.distance = distance;
    asked.look_up = look_up;
    state_.count(&discv5_state::counts::requests);
    send(number, kind::request, false,
         asked.key == session_cache::none ? discv5_packet::without_session()
                                          : discv5_packet::ordinary(message_of(asked)));
  }
  /// A packet comes, or a request has waited long enough. Returns the request that is over by it, which is to be
  /// released.
  std::optional<std::uint32_t> happen(const discv5_event& event) {
    discv5_request& asked = requests_[event.which];
    --asked.under_way;
    switch (event.what) {
      case kind::request:
        if (arrives(event, asked.to)) requested(event.which);
        break;
      case kind::challenge:
        if (arrives(event, asked.from) && awaited(asked)) challenged(event.which);
        break;
      case kind::handshake:
        if (arrives(event, asked.to)) shaken(event.which);
        break;
      case kind::answer:
        if (arrives(event, asked.from) && awaited(asked) && readable(event.which))
          return end(event.which, true);
        break;
      case kind::part:
        if (arrives(event, asked.from) && awaited(asked) && readable(event.which))
          put(event.which, kind::settled, state_.now() + state_.software(asked.from).response, 0);
        break;
      case kind::settled:
        if (!asked.over) return end(event.which, true);
        break;
      case kind::stray: arrives(event, asked.to); break;
      default:
        assert(event.what == kind::timeout);
        if (asked.over) break;
        state_.count(&discv5_state::counts::unanswered);
        return end(event.which, false);
    }
    // A request of a node that has left since may end unnoticed.
    if (asked.over || asked.under_way == 0) release(event.which);
    return std::nullopt;
  }
  [[nodiscard]] const discv5_request& at(std::uint32_t number) const noexcept { return requests_[number]; }
  /// What waited for a request that is over is asked.
  void go_on(std::uint32_t from, std::uint32_t to) {
    auto& own = state_.participants[from];
    const auto same = [to](const discv5_state::call& each) { return each.to == to; };
    std::erase_if(own.calls, same);
    const auto next = std::find_if(own.waiting.begin(), own.waiting.end(), same);
    if (next == own.waiting.end()) return;
    const discv5_state::call asked = *next;
    own.waiting.erase(next);
    ask(from, asked.to, asked.distance, asked.look_up);
  }
  /// A request that is over is forgotten, when its last packet has come.
  void release(std::uint32_t number) {
    if (requests_[number].under_way == 0) free_.push_back(number);
  }

 private:
  using kind = discv5_event::kind;

  std::uint32_t take() {
    if (free_.empty()) {
      requests_.emplace_back();
      return static_cast<std::uint32_t>(requests_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  [[nodiscard]] std::size_t message_of(const discv5_request& asked) const {
    return asked.distance == 0 ? discv5_packet::ping(state_.software(asked.from).record.sequence)
                               : state_.find_bytes[asked.distance];
  }
  [[nodiscard]] bool awaited(const discv5_request& asked) const {
    return !asked.over && state_.now() < asked.deadline && state_.lives(asked.from, asked.life);
  }

  void put(std::uint32_t number, kind what, wr::duration at, std::size_t bytes) {
    ++requests_[number].under_way;
    state_.events.put(at, {.what = what, .which = number, .bytes = static_cast<std::uint32_t>(bytes)});
  }
  std::uint32_t end(std::uint32_t number, bool answered) {
    requests_[number].over = true;
    requests_[number].answered = answered;
    return number;
  }
  // The request will be over without an answer.
  void miss(std::uint32_t number) {
    discv5_request& asked = requests_[number];
    if (asked.missed || asked.over) return;
    asked.missed = true;
    put(number, kind::timeout, std::max(asked.deadline, state_.now()), 0);
  }
  // A packet is lost on its way, and counted.
  [[nodiscard]] bool lost(std::size_t bytes) {
    if (state_.options.loss <= 0 || !state_.random.chance(state_.options.loss)) return false;
    state_.book.lost(state_.now(), bytes);
    return true;
  }
  [[nodiscard]] wr::duration travels(const discv5_request& asked) {
    const wr::duration jitter = state_.options.link.jitter;
    return jitter <= wr::duration::zero()
               ? asked.latency
               : asked.latency + wr::testing::draw_between(state_.random, {}, jitter);
  }
  void send(std::uint32_t number, kind what, bool back, std::size_t bytes) {
    const discv5_request& asked = requests_[number];
    assert(bytes <= discv5_packet::most);
    state_.book.sent(protocol::discv5, back ? asked.to : asked.from, state_.now(), bytes);
    state_.count(&discv5_state::counts::packets);
    if (lost(bytes)) return miss(number);
    come(number, what, back, bytes);
  }
  void come(std::uint32_t number, kind what, bool back, std::size_t bytes) {
    const wr::duration at = state_.now() + travels(requests_[number]);
    if (back && at >= requests_[number].deadline) miss(number);
    put(number, what, at, bytes);
  }
  // Whether somebody is there.
  bool arrives(const discv5_event& event, std::uint32_t at) {
    if (state_.participants[at].online) {
      state_.book.received(protocol::discv5, at, state_.now(), event.bytes);
      return true;
    }
    state_.book.lost(state_.now(), event.bytes);
    miss(event.which);
    return false;
  }

  void requested(std::uint32_t number) {
    discv5_request& asked = requests_[number];
    auto& here = state_.participants[asked.to];
    const std::uint32_t key = here.sessions.use(asked.from);
    if (key != session_cache::none && key == asked.key) return answer(number);
    here.sessions.erase(asked.from);
    asked.sender_known = here.table.contains(asked.from);
    if (!challenge(asked.to, asked.from)) return miss(number);
    send(number, kind::challenge, true, discv5_packet::challenge());
  }
  // Notes that a node sends WHOAREYOU to another. False where it does not, since one stands.
  bool challenge(std::uint32_t node, std::uint32_t to) {
    auto& standing = state_.participants[node].challenges;
    std::erase_if(standing, [&](const discv5_state::challenge& each) { return each.until <= state_.now(); });
    const bool stands = std::any_of(standing.begin(), standing.end(),
                                    [to](const discv5_state::challenge& each) { return each.to == to; });
    if (!stands) standing.push_back({to, state_.now() + state_.software(node).handshake});
    return !stands || state_.software(node).one_at_a_time;
  }
  void challenged(std::uint32_t number) {
    discv5_request& asked = requests_[number];
    asked.key = ++keys_;
    state_.participants[asked.from].sessions.put(asked.to, asked.key);
    state_.count(&discv5_state::counts::handshakes);
    const std::size_t record = asked.sender_known ? 0 : state_.record_bytes[asked.from];
    send(number, kind::handshake, false, discv5_packet::handshake(record, message_of(asked)));
  }
  void shaken(std::uint32_t number) {
    const discv5_request& asked = requests_[number];
    auto& here = state_.participants[asked.to];
    const bool stood = std::erase_if(here.challenges, [&](const discv5_state::challenge& each) {
                         return each.to == asked.from && each.until > state_.now();
                       }) != 0;
    if (!stood) return miss(number);
    if (!asked.sender_known) here.table.add(asked.from);
    here.sessions.put(asked.from, asked.key);
    answer(number);
  }
  void answer(std::uint32_t number) {
    discv5_request& asked = requests_[number];
    if (asked.distance == 0) {
      const node_record& own = state_.software(asked.to).record;
      return send(number, kind::answer, true,
                  discv5_packet::ordinary(discv5_packet::pong(own.sequence, own.udp_port)));
    }
    state_.participants[asked.to].table.answer(discv5_packet::asked_distances(asked.distance), scratch_);
    assert(scratch_.size() <= asked.found.size());
    send_nodes(number);
  }
  // The records of `scratch_`, in as few packets as the software makes. Those that are lost leave a part.
  void send_nodes(std::uint32_t number) {
    discv5_request& asked = requests_[number];
    const discv5_software& software = state_.software(asked.to);
    std::size_t sent = 0;
    std::size_t came = 0;
    bool whole = true;
    std::size_t place = 0;
    do {
      std::size_t records = 0;
      const std::size_t begin = place;
      while (place < scratch_.size() && place - begin < software.records_at_once &&
             (place == begin || records + state_.record_bytes[scratch_[place]] <= software.record_bytes))
        records += state_.record_bytes[scratch_[place++]];
      const std::size_t bytes = discv5_packet::ordinary(discv5_packet::nodes(records));
      sent += bytes;
      state_.count(&discv5_state::counts::packets);
      if (lost(bytes)) {
        whole = false;
        continue;
      }
      came += bytes;
      for (std::size_t each = begin; each < place; ++each) asked.found[asked.count++] = scratch_[each];
    } while (place < scratch_.size());
    state_.book.sent(protocol::discv5, asked.to, state_.now(), sent);
    if (came == 0) return miss(number);
    come(number, whole ? kind::answer : kind::part, true, came);
  }
  // Whether the sender has the key of the answer still; where not, it answers WHOAREYOU, and nobody knows what for.
  [[nodiscard]] bool readable(std::uint32_t number) {
    const discv5_request& asked = requests_[number];
    auto& here = state_.participants[asked.from];
    if (here.sessions.use(asked.to) == asked.key) return true;
    here.sessions.erase(asked.to);
    if (challenge(asked.from, asked.to)) send(number, kind::stray, false, discv5_packet::challenge());
    miss(number);
    return false;
  }

  discv5_state& state_;
  std::vector<discv5_request> requests_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> scratch_;
  std::uint32_t keys_ = 0;
};

}  // namespace midscale
