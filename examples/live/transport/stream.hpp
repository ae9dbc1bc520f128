// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/protocol_id.hpp>

#include "host.hpp"

namespace waku_live {

namespace ww = wr::wire;

/// How a stream ended without being told to.
enum class stream_end : std::uint8_t {
  closed,       ///< the other side closed it, between two frames
  cut,          ///< it was closed amid a frame, or a frame was too long or came where none may
  broken,       ///< the stream or the connection broke
  timed_out,    ///< the other side did not do its part in time
  unreachable,  ///< it could not be opened: nothing has left
  unsupported,  ///< the other side speaks none of the protocols
};

/// One libp2p stream of frames, opened or accepted. The functions are called on the host's executor, and none after
/// on_end. release() or abandon() it once there is nothing more to say or to hear, in on_end at the latest: each stream
/// is closed on both sides, or reset. What the other side has closed may still be written to before that. Kept by the
/// host while it is there. The host must live as long.
class frame_stream final : public stream_events, public std::enable_shared_from_this<frame_stream> {
 public:
  using byte_span = std::span<const std::byte>;
  /// How long the other side may take to close after release(), once all was written.
  static constexpr wr::duration closing_patience = std::chrono::seconds(10);
  /// So much is handed to the host at a time, whose window is larger.
  static constexpr std::size_t chunk_bytes = 262'144;

  std::function<void(ww::protocol)> on_open;  ///< a stream that was opened is there, by this protocol
  std::function<void(byte_span)> on_frame;    ///< a frame came; the view is for the call
  std::function<void(stream_end)> on_end;     ///< no more frames will come
  std::function<void()> on_written;           ///< all that was handed to write() is on its way

  /// Opens a stream to a connected peer, by the first of the protocols that it speaks. `patience` is for all of the
  /// stream's life, duration::max() for ever. Set the functions at once: none is called before this has returned.
  static std::shared_ptr<frame_stream> open(host& by, std::string_view peer,
                                            std::span<const ww::protocol> protocols, wr::duration patience) {
    const auto made = std::make_shared<frame_stream>(by);
    std::vector<std::string_view> ids;
    for (const ww::protocol each : protocols) ids.push_back(ww::id_of(each));
    made->id_ = by.open(peer, ids, made);
    made->limit_wait(patience);
    return made;
  }
  /// Takes over a stream that the host accepted, whose frames have at most so many bytes.
  static std::shared_ptr<frame_stream> accept(host& by, std::uint64_t id, ww::protocol spoken,
                                              std::size_t frame_bytes_max, wr::duration patience) {
    const auto made = std::make_shared<frame_stream>(by);
    made->id_ = id;
    made->spoken_ = spoken;
    made->expect(frame_bytes_max);
    by.adopt(id, made);
    made->limit_wait(patience);
    return made;
  }
  explicit frame_stream(host& by) : host_(&by), timer_(by.executor()) {}

  /// The most that a frame may have. Of a stream that was opened none may come until this was said, in on_open.
  void expect(std::size_t frame_bytes_max) { reader_.emplace(spoken_, frame_bytes_max); }
  /// What the other side does not read is kept: who has much to send waits for on_written. Nothing is written after
  /// close().
  void write(byte_span bytes) {
    if (!live_ || closing_) return;
    outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
    flush();
  }
  /// So many bytes are kept since the other side does not read them.
  [[nodiscard]] std::size_t kept_bytes() const noexcept { return outgoing_.capacity(); }
  /// Closes our side after what was written.
  void close() {
    if (!live_ || closing_) return;
    closing_ = true;
    if (outgoing_.empty()) host_->close_write(id_);
  }
  /// Closes our side, and calls nothing any more. The other side is to close soon, and to send nothing.
  void release() {
    silence();
    if (!live_) return;
    const auto self = shared_from_this();
    timer_.cancel();
    close();
    linger();
  }
  /// Breaks the stream off, and calls nothing any more.
  void abandon() {
    silence();
    if (!live_) return;
    const auto self = shared_from_this();
    live_ = false;
    timer_.cancel();
    host_->reset(id_);
  }

 private:
  void opened(std::string_view protocol) override {
    if (!live_) return;
    spoken_ = ww::protocol_of(protocol).value_or(spoken_);
    const auto told = on_open;
    if (told) told(spoken_);
  }
  void failed(host_error error) override {
    live_ = false;
    end(error == host_error::unsupported_protocol ? stream_end::unsupported : stream_end::unreachable);
  }
  void broke(host_error error) override {
    live_ = false;
    switch (error) {
      case host_error::unsupported_protocol: return end(stream_end::unsupported);
      case host_error::timed_out: return end(stream_end::timed_out);
      default: end(stream_end::broken);
    }
  }
  void arrived(byte_span bytes) override {
    const auto self = shared_from_this();
    if (!live_) return;
    if (silent_) return abandon();
    if (!reader_) return refuse();
    reader_->feed(bytes);
    while (const auto frame = silent_ ? std::nullopt : reader_->next()) {
      const auto told = on_frame;
      if (told) told(*frame);
    }
    if (!silent_ && reader_->rejected()) refuse();
  }
  void closed() override {
    const auto self = shared_from_this();
    closed_ = true;
    if (!live_) return;
    if (silent_) {
      if (closing_) linger();
      return;
    }
    const bool whole = !reader_ || !reader_->finish();
    const auto written = on_written;
    const auto told = on_end;
    timer_.cancel();
    silence();
    on_written = written;
    if (told) told(whole ? stream_end::closed : stream_end::cut);
  }
  void drained() override {
    if (!live_) return;
    const auto self = shared_from_this();
    writing_ = false;
    flush();
    if (writing_) return;
    const auto told = on_written;
    if (told) told();
    if (silent_ && closing_) linger();
  }

  void flush() {
    if (writing_ || outgoing_.empty()) return;
    writing_ = true;
    const std::size_t size = std::min(chunk_bytes, outgoing_.size() - sent_);
    host_->write(id_, byte_span(outgoing_).subspan(sent_, size));
    sent_ += size;
    if (sent_ < outgoing_.size()) return;
    ww::byte_buffer().swap(outgoing_);
    sent_ = 0;
    if (closing_) host_->close_write(id_);
  }
  // All is said, and what remains is for the other side to close.
  void linger() {
    if (!live_ || writing_) return;
    if (closed_) return retire();
    limit_wait(closing_patience);
  }
  void refuse() {
    const auto told = std::exchange(on_end, nullptr);
    abandon();
    if (told) told(stream_end::cut);
  }
  void end(stream_end how) {
    const auto told = std::exchange(on_end, nullptr);
    timer_.cancel();
    silence();
    if (told) told(how);
  }
  // Both sides are closed.
  void retire() {
    live_ = false;
    timer_.cancel();
    host_->forget(id_);
  }
  void silence() {
    silent_ = true;
    on_open = nullptr;
    on_frame = nullptr;
    on_end = nullptr;
    on_written = nullptr;
  }
  void limit_wait(wr::duration longest) {
    if (longest == wr::duration::max()) return;
    timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(longest));
    timer_.async_wait([own = weak_from_this()](std::error_code error) {
      const auto self = own.lock();
      if (!self || error || !self->live_ || self->timer_.expiry() > asio::steady_timer::clock_type::now())
        return;
      const auto told = std::exchange(self->on_end, nullptr);
      self->abandon();
      if (told) told(stream_end::timed_out);
    });
  }

  host* host_;
  asio::steady_timer timer_;
  std::uint64_t id_ = 0;
  std::optional<ww::frame_reader> reader_;
  ww::protocol spoken_ = ww::protocol::message;
  ww::byte_buffer outgoing_;
  std::size_t sent_ = 0;  // of it
  bool live_ = true;      // the host may still tell of it
  bool writing_ = false;  // the host has some of it
  bool closing_ = false;  // our side
  bool closed_ = false;   // theirs
  bool silent_ = false;   // nothing is called any more
};

}  // namespace waku_live
