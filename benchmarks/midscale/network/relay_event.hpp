// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace midscale {

/// What happens in the relay network: a frame comes to a member of a shard, or something a node does by itself.
struct relay_event {
  enum class kind : std::uint8_t {
    copy,  ///< of a message
    have,
    want,
    graft,
    prune,
    dont_want,
    subscribe,
    last_frame = subscribe,
    validated,  ///< a message that came as a copy
    heartbeat,  ///< of the node `to`, as those below
    leave,
    come_back,
    forget  ///< the node `from`, when it went, if it has not come back (`message`: how often it had)
  };

  kind what{};
  std::uint8_t hops = 0;
  bool by_gossip = false;
  bool through_line = false;  ///< it has waited for the receiver's line
  std::uint32_t to = 0;
  std::uint32_t from = 0;
  std::uint32_t message = 0;  ///< or the list of messages that an IHAVE or IWANT names
  std::uint32_t bytes = 0;    ///< of the frame
};

/// Hops of a message that goes on, which are counted up to 255.
[[nodiscard]] constexpr std::uint8_t one_more(std::uint8_t hops) noexcept {
  return hops == 255 ? hops : static_cast<std::uint8_t>(hops + 1);
}

/// Lists of messages that are under way, by number.
class id_lists {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::uint32_t add(const std::vector<std::uint32_t>& ids) {
    if (free_.empty()) {
      lists_.push_back(ids);
      return static_cast<std::uint32_t>(lists_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    lists_[number] = ids;
    return number;
  }
  [[nodiscard]] std::vector<std::uint32_t>& operator[](std::uint32_t number) noexcept {
    return lists_[number];
  }
  void release(std::uint32_t number) {
    if (number != none) free_.push_back(number);
  }

 private:
  std::vector<std::vector<std::uint32_t>> lists_;
  std::vector<std::uint32_t> free_;
};

}  // namespace midscale
