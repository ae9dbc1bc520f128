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

#include <waku/reliability/wire/error.hpp>
#include <waku/reliability/wire/varint.hpp>

/// Frames: an unsigned varint with a length, then so many bytes of one Protobuf message. Both directions of
/// every protocol but relay send them.
namespace waku::reliability::wire {

/// Bytes on their way.
using byte_buffer = std::vector<std::byte>;

/// Appends one frame around `body`.
inline void append_frame(std::span<const std::byte> body, byte_buffer& target) {
  const encoded_varint length = encode_varint(body.size());
  target.insert(target.end(), length.bytes.begin(),
                length.bytes.begin() + static_cast<std::ptrdiff_t>(length.size));
  target.insert(target.end(), body.begin(), body.end());
}

/// Reads frames from a byte stream, in whatever chunks it comes. A length over the limit is refused on the
/// prefix, before memory is taken; a frame that lies whole in one chunk is not copied. After a rejection the
/// stream is of no use, and the reader gives the same rejection from then on.
///
///     reader.feed(chunk);
///     while (auto frame = reader.next()) decode(*frame);
///     if (reader.rejected()) close the stream;
///     at the end of the stream: if (reader.finish()) it was cut within a frame
class frame_reader {
 public:
  /// Reads frames of at most `frame_bytes_max` bytes, their length not counted.
  frame_reader(protocol spoken, std::size_t frame_bytes_max) noexcept
      : limit_(frame_bytes_max), spoken_(spoken) {}

  /// Hands in what the stream gave. The chunk must live until next() has returned nothing. All frames of
  /// the chunk before must have been taken.
  void feed(std::span<const std::byte> chunk) noexcept {
    assert(chunk_.empty() && "take every frame before the next chunk is fed");
    if (!rejected_) chunk_ = chunk;
  }

  /// The next frame's body; nothing where more bytes are needed, or the stream was rejected. The view lives
  /// until the next call.
  [[nodiscard]] std::optional<std::span<const std::byte>> next() {
    if (rejected_) return std::nullopt;
    if (taken_) forget();
    if (!length_ && !read_length()) return std::nullopt;
    const auto length = static_cast<std::size_t>(*length_);
    if (held_.empty() && chunk_.size() >= length) {
      taken_ = true;
      return take(length);
    }
    const std::span<const std::byte> more = take(std::min(length - held_.size(), chunk_.size()));
    held_.insert(held_.end(), more.begin(), more.end());
    if (held_.size() < length) return std::nullopt;
    taken_ = true;
    return std::span<const std::byte>(held_);
  }

  /// Why the stream can be read no further; nothing while it can.
  [[nodiscard]] const std::optional<rejection>& rejected() const noexcept { return rejected_; }

  /// The stream has ended: the rejection, if any; a frame that the end has cut is one.
  [[nodiscard]] std::optional<rejection> finish() {
    if (!rejected_ && (prefix_size_ != 0 || (length_ && !taken_) || !chunk_.empty()))
      reject(reason::truncated);
    return rejected_;
  }

  /// Bytes of memory that are held for a frame that came in pieces.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return held_.capacity(); }

 private:
  void reject(reason why) {
    rejected_ = rejection{spoken_, field::frame, why};
    chunk_ = {};
    byte_buffer().swap(held_);
  }
  std::span<const std::byte> take(std::size_t count) noexcept {
    const std::span<const std::byte> taken = chunk_.first(count);
    chunk_ = chunk_.subspan(count);
    return taken;
  }
  void forget() noexcept {
    taken_ = false;
    length_.reset();
    held_.clear();
  }

  // A length may come byte by byte. It must be minimal, as nwaku demands, so it has no second spelling.
  bool read_length() {
    while (!chunk_.empty()) {
      prefix_[prefix_size_++] = take(1).front();
      const decoded_varint read = decode_varint({prefix_.data(), prefix_size_});
      if (read.state == varint_state::incomplete) continue;
      if (read.state == varint_state::malformed || read.size != varint_size(read.value)) {
        reject(reason::malformed_varint);
        return false;
      }
      if (read.value > limit_) {
        reject(reason::too_long);
        return false;
      }
      length_ = read.value;
      prefix_size_ = 0;
      return true;
    }
    return false;
  }

  std::span<const std::byte> chunk_;
  byte_buffer held_;  ///< what came of a frame that no chunk held whole
  std::optional<std::uint64_t> length_;
  std::optional<rejection> rejected_;
  std::array<std::byte, varint_bytes_max> prefix_{};
  std::size_t prefix_size_ = 0;
  std::size_t limit_;
  protocol spoken_;
  bool taken_ = false;  ///< the frame of length_ was given out
};

}  // namespace waku::reliability::wire
