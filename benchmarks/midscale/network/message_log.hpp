// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <waku/reliability/core/instant.hpp>

namespace midscale {

namespace wr = waku::reliability;

/// The messages of a run, and who has seen which: a bit for each message and member of its shard. What was seen stays
/// seen; a cache of two minutes forgets nothing that still travels.
class message_log {
 public:
  struct record {
    wr::duration at;           ///< when it was published
    std::size_t bits;          ///< where its bits begin
    std::uint32_t first;       ///< member of its shard
    std::uint32_t lacking;     ///< members that have not seen it
    std::uint32_t data_bytes;  ///< of the encoded WakuMessage
    std::uint32_t wire_bytes;  ///< of a frame that carries it
  };

  /// Where passing on comes later than seeing, it has bits of its own.
  explicit message_log(bool passing_takes_time) : layers_(passing_takes_time ? 2 : 1) {}

  /// Adds a message to a shard of so many members; returns its number.
  std::uint32_t add(record message, std::uint32_t members) {
    message.bits = bits_.size();
    message.lacking = members;
    bits_.resize(bits_.size() + words(members) * layers_);
    records_.push_back(message);
    sizes_.push_back(members);
    return static_cast<std::uint32_t>(records_.size() - 1);
  }

  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] const record& operator[](std::uint32_t message) const noexcept { return records_[message]; }

  [[nodiscard]] bool seen(std::uint32_t message, std::uint32_t member) const noexcept {
    const record& m = records_[message];
    return bit(m.bits, member - m.first);
  }
  /// False where the member had seen it.
  bool see(std::uint32_t message, std::uint32_t member) noexcept {
    record& m = records_[message];
    const std::uint32_t place = member - m.first;
    if (bit(m.bits, place)) return false;
    bits_[m.bits + place / 64] |= std::uint64_t{1} << (place % 64);
    --m.lacking;
    return true;
  }
  /// Whether a member has passed a message on to its mesh.
  [[nodiscard]] bool passed(std::uint32_t message, std::uint32_t member) const noexcept {
    const record& m = records_[message];
    return bit(layer(message), member - m.first);
  }
  void pass(std::uint32_t message, std::uint32_t member) noexcept {
    const std::uint32_t place = member - records_[message].first;
    bits_[layer(message) + place / 64] |= std::uint64_t{1} << (place % 64);
  }

 private:
  static std::size_t words(std::uint32_t members) noexcept { return (members + 63) / 64; }
  [[nodiscard]] bool bit(std::size_t begin, std::uint32_t place) const noexcept {
    return (bits_[begin + place / 64] >> (place % 64) & 1U) != 0;
  }
  [[nodiscard]] std::size_t layer(std::uint32_t message) const noexcept {
    return records_[message].bits + words(sizes_[message]) * (layers_ - 1);
  }

  std::size_t layers_;
  std::vector<record> records_;
  std::vector<std::uint32_t> sizes_;  // members of each message's shard
  std::vector<std::uint64_t> bits_;
};

}  // namespace midscale
