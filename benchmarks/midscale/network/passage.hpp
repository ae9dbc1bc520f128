// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <midscale/network/event_queue.hpp>
#include <midscale/network/ledger.hpp>
#include <midscale/network/links.hpp>
#include <midscale/network/member.hpp>
#include <midscale/network/relay_event.hpp>

namespace midscale {

/// The way of frames from member to member, and their bytes. A frame becomes an event at the time at which it comes.
/// One that is idle, which changes nothing whenever it comes, is entered as received when it is sent instead, where
/// that is the same: the receiver is known to stay until it comes, and no frames wait for the receiver's line.
class passage {
 public:
  /// `node_of` has the node of each member.
  passage(links& lines, ledger& into, std::vector<std::uint32_t> node_of, std::size_t nodes,
          bool every_frame_an_event)
      : links_(lines),
        ledger_(into),
        node_of_(std::move(node_of)),
        every_frame_an_event_(every_frame_an_event),
        stays_until_(nodes, wr::duration::max()),
        leaves_(nodes) {}

  [[nodiscard]] event_queue<relay_event>& events() noexcept { return events_; }
  [[nodiscard]] wr::duration now() const noexcept { return now_; }
  void move_to(wr::duration now) noexcept { now_ = std::max(now_, now); }
  [[nodiscard]] std::uint32_t node_of(std::uint32_t member) const noexcept { return node_of_[member]; }

  /// Puts an event of the node itself.
  void put(wr::duration at, const relay_event& event) { events_.put(at, event); }

  /// Sends a frame from event.from to a neighbour.
  void send(const neighbour& to, const relay_event& event, bool idle) {
    enter(event, 1);
    carry(to, event, idle);
  }
  /// Enters so many frames of one kind and size as sent now, each of which is then to be carried.
  void enter(const relay_event& event, std::uint32_t frames) {
    ledger_.sent(protocol_of(event), node_of_[event.from], now_, std::uint64_t{frames} * event.bytes);
  }
  /// Carries a frame that was entered to a neighbour.
  void carry(const neighbour& to, relay_event event, bool idle) {
    const std::uint32_t far = node_of_[to.member];
    const wr::duration comes = links_.leaves(node_of_[event.from], now_, event.bytes) +
                               wr::duration(to.latency_ns) + links_.draw_jitter();
    if (idle && !every_frame_an_event_ && comes < stays_until_[far] && !links_.queues(far)) {
      const protocol what = protocol_of(event);
      ledger_.received(what, far, comes, event.bytes);
      if (what == protocol::relay) ledger_.copy(comes, true, event.message);
      return;
    }
    event.to = to.member;
    events_.put(comes, event);
  }
  /// What became of a frame that comes: it is received, or lost since nobody is there, or waits for the line and comes
  /// again as an event.
  enum class arrival : std::uint8_t { received, lost, waits };
  arrival arrive(relay_event event, bool duplicate) {
    const std::uint32_t node = node_of_[event.to];
    if (!online(node)) {
      ledger_.lost(now_, event.bytes);
      return arrival::lost;
    }
    if (links_.queues(node) && !event.through_line) {
      event.through_line = true;
      events_.put(links_.received(node, now_, event.bytes), event);
      return arrival::waits;
    }
    const protocol what = protocol_of(event);
    ledger_.received(what, node, now_, event.bytes);
    if (what == protocol::relay) ledger_.copy(now_, duplicate, event.message);
    return arrival::received;
  }

  [[nodiscard]] bool online(std::uint32_t node) const noexcept { return stays_until_[node] != gone; }
  /// A node is going to leave.
  void announce(std::uint32_t node, wr::duration at) {
    auto& times = leaves_[node];
    times.insert(std::upper_bound(times.begin(), times.end(), at), at);
    if (online(node)) stays_until_[node] = times.front();
  }
  /// It leaves, as was announced. False where it was gone.
  bool leave(std::uint32_t node) {
    leaves_[node].erase(leaves_[node].begin());
    if (!online(node)) return false;
    stays_until_[node] = gone;
    links_.reset(node);
    return true;
  }
  /// It comes back. False where it was there.
  bool come_back(std::uint32_t node) {
    if (online(node)) return false;
    stays_until_[node] = leaves_[node].empty() ? wr::duration::max() : leaves_[node].front();
    return true;
  }

 private:
  static constexpr wr::duration gone = wr::duration::min();
  static protocol protocol_of(const relay_event& event) noexcept {
    return event.what == relay_event::kind::copy ? protocol::relay : protocol::relay_control;
  }

  links& links_;
  ledger& ledger_;
  std::vector<std::uint32_t> node_of_;
  bool every_frame_an_event_;
  std::vector<wr::duration> stays_until_;  // of each node: as far as is known, or `gone`
  std::vector<std::vector<wr::duration>>
      leaves_;  // of each node: times that were announced, the earliest first
  event_queue<relay_event> events_;
  wr::duration now_{};
};

}  // namespace midscale
