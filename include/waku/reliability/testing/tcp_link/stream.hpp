// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/write.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/generated.hpp>
#include <waku/reliability/wire/protocol_id.hpp>

namespace waku::reliability::testing {

/// How a tcp_stream ended without being told to.
enum class tcp_end : std::uint8_t {
  closed,       ///< the other side closed it, between two frames
  cut,          ///< it was closed amid a frame, or a frame was too long
  broken,       ///< the connection broke, or the other side did not do its part in time
  unreachable,  ///< nobody listens there
  unsupported,  ///< the other side does not speak the protocol
};

/// One stream of frames over one TCP connection of this machine. Whoever opens it sends two frames first: the protocol
/// id, and the port at which it listens itself, by which it is known. The answer is a frame with the id, or with
/// "na". For one thread, or one strand. Keeps itself alive while it waits; abandon() it to be left in peace.
class tcp_stream : public std::enable_shared_from_this<tcp_stream> {
 public:
  using byte_span = std::span<const std::byte>;
  using socket_type = asio::ip::tcp::socket;
  /// Looks at an opening: the most bytes of a frame, or nothing where the protocol is not spoken.
  using hello_function =
      std::function<std::optional<std::size_t>(tcp_stream&, std::string_view id, std::uint16_t from)>;
  /// How long the other side may take for its part of the opening, and for closing after this one did;
  /// duration::max() is for ever.
  static constexpr duration usual_patience = std::chrono::seconds(20);

  explicit tcp_stream(socket_type socket, duration patience = usual_patience)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), patience_(patience) {}
  tcp_stream(const tcp_stream&) = delete;
  tcp_stream& operator=(const tcp_stream&) = delete;

  std::function<void(byte_span)> on_frame;  ///< a frame came; the view is for the call
  std::function<void(tcp_end)> on_end;      ///< no more frames will come
  std::function<void()> on_written;         ///< all that was handed to write() is on its way

  /// Opens a stream to a port of this machine. What write() is given meanwhile follows the opening.
  void open(std::uint16_t to, wire::protocol spoken, std::uint16_t own_port, std::size_t frame_bytes_max) {
    limit_ = frame_bytes_max;
    spoken_ = spoken;
    opens_ = true;
    append_text(wire::id_of(spoken), outgoing_);
    append_text(std::to_string(own_port), outgoing_);
    limit_wait();
    const asio::ip::tcp::endpoint there(asio::ip::address_v4::loopback(), to);
    socket_.async_connect(there, [self = shared_from_this()](std::error_code error) {
      if (self->ended_) return;
      if (error || self->meets_itself()) return self->finish(tcp_end::unreachable);
      self->begin();
    });
  }
  /// Opens nothing: ends as unreachable, though not before this returns.
  void open_nowhere() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (!self->ended_) self->finish(tcp_end::unreachable);
    });
  }
  /// Waits on an accepted connection for the opening.
  void accept(hello_function hello) {
    hello_ = std::move(hello);
    limit_wait();
    begin();
  }

  /// What the other side does not read is kept: who has much to send waits for on_written. Nothing is written
  /// after close().
  void write(byte_span bytes) {
    if (ended_ || closing_) return;
    outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
    flush();
  }
  /// Closes in good order, after what was written. The other side is to read that, and to close too.
  void close() {
    if (ended_ || closing_) return;
    closing_ = true;
    limit_wait();
    flush();
  }
  /// Breaks the connection.
  void reset() {
    std::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    abandon();
  }
  /// Ends it, and calls nothing any more.
  void abandon() {
    ended_ = true;
    std::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    on_frame = nullptr;
    on_end = nullptr;
    on_written = nullptr;
    hello_ = nullptr;
  }
  [[nodiscard]] bool ended() const noexcept { return ended_ || closing_; }

 private:
  static constexpr std::size_t hello_bytes_max = 256;
  static constexpr std::string_view refusal = "na";

  static void append_text(std::string_view text, wire::byte_buffer& target) {
    wire::append_frame(wire::bytes_of(text), target);
  }
  // Where nobody listens, the kernel may give a connection the very port that it dials.
  [[nodiscard]] bool meets_itself() const {
    std::error_code failed;
    return socket_.local_endpoint(failed) == socket_.remote_endpoint(failed);
  }
  void limit_wait() {
    timer_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(patience_));
    timer_.async_wait([own = weak_from_this()](std::error_code error) {
      const auto self = own.lock();
      if (!self || self->ended_ || error || self->timer_.expiry() > asio::steady_timer::clock_type::now())
        return;
      if (!self->open_ || self->closing_) self->finish(tcp_end::broken);
    });
  }
  void begin() {
    connected_ = true;
    std::error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    reader_.emplace(spoken_, hello_bytes_max);
    flush();
    read();
  }
  void flush() {
    if (!connected_ || ended_ || writing_) return;
    if (outgoing_.empty()) {
      std::error_code ignored;
      if (closing_) socket_.shutdown(socket_type::shutdown_send, ignored);
      return;
    }
    writing_ = true;
    sent_.swap(outgoing_);
    outgoing_.clear();
    asio::async_write(socket_, asio::buffer(sent_),
                      [self = shared_from_this()](std::error_code error, std::size_t) {
                        self->writing_ = false;
                        if (self->ended_ || error) return;  // the reader is told, too
                        const bool all = self->outgoing_.empty();
                        self->flush();
                        const auto told = self->on_written;
                        if (all && told) told();
                      });
  }
  void read() {
    socket_.async_read_some(asio::buffer(chunk_),
                            [self = shared_from_this()](std::error_code error, std::size_t size) {
                              if (self->ended_) return;
                              if (error) return self->finish(self->end_of(error));
                              self->take(byte_span(self->chunk_).first(size));
                              if (!self->ended_) self->read();
                            });
  }
  [[nodiscard]] tcp_end end_of(std::error_code error) {
    if (error != asio::error::eof || !open_) return tcp_end::broken;
    return reader_->finish() ? tcp_end::cut : tcp_end::closed;
  }
  // An opening is read byte by byte, since the frames after it have another limit.
  void take(byte_span chunk) {
    while (!chunk.empty() && !ended_) {
      const byte_span piece = open_ ? chunk : chunk.first(1);
      chunk = chunk.subspan(piece.size());
      reader_->feed(piece);
      while (const auto frame = ended_ ? std::nullopt : reader_->next()) {
        if (!open_) {
          opening(wire::text_of(*frame));
          break;
        }
        const auto told = on_frame;
        if (told) told(*frame);
      }
      if (!ended_ && reader_->rejected()) finish(tcp_end::cut);
    }
  }
  void opening(std::string_view text) {
    if (opens_) {
      if (text != wire::id_of(spoken_)) return finish(tcp_end::unsupported);
      return start_frames();
    }
    if (!id_) {
      id_ = std::string(text);
      return;
    }
    std::uint16_t from = 0;
    const auto read_to = std::from_chars(text.data(), text.data() + text.size(), from);
    const bool is_port = read_to.ec == std::errc{} && read_to.ptr == text.data() + text.size();
    const auto look = std::exchange(hello_, nullptr);
    const auto limit = is_port && look ? look(*this, *id_, from) : std::nullopt;
    if (ended_) return;
    append_text(limit ? *id_ : refusal, outgoing_);
    flush();
    if (!limit) return close();
    limit_ = *limit;
    spoken_ = wire::protocol_of(*id_).value_or(spoken_);
    start_frames();
  }
  void start_frames() {
    open_ = true;
    if (!closing_) timer_.cancel();
    reader_.emplace(spoken_, limit_);
  }
  void finish(tcp_end how) {
    const auto told = std::exchange(on_end, nullptr);
    abandon();
    if (told) told(how);
  }

  socket_type socket_;
  asio::steady_timer timer_;
  duration patience_;
  hello_function hello_;
  std::optional<wire::frame_reader> reader_;
  std::optional<std::string> id_;
  std::array<std::byte, 4'096> chunk_{};
  wire::byte_buffer outgoing_;
  wire::byte_buffer sent_;
  std::size_t limit_ = 0;
  wire::protocol spoken_ = wire::protocol::message;
  bool opens_ = false;
  bool connected_ = false;
  bool open_ = false;  // the opening is done
  bool writing_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

/// Accepts streams at a port of this machine. Where accepting fails, as for want of descriptors, it tries again
/// after a pause.
class tcp_listener {
 public:
  /// Told of each stream that comes. It may end the listener.
  using stream_function = std::function<void(const std::shared_ptr<tcp_stream>&)>;

  /// Port 0 takes a free one.
  tcp_listener(const asio::any_io_executor& executor, std::uint16_t port, stream_function accepted,
               duration patience = tcp_stream::usual_patience)
      : state_(std::make_shared<state>(executor, port, std::move(accepted), patience)) {
    wait(state_);
  }
  tcp_listener(const tcp_listener&) = delete;
  tcp_listener& operator=(const tcp_listener&) = delete;
  /// Also ends the streams that it accepted.
  ~tcp_listener() {
    std::error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    state_->accepted = nullptr;
    for (const auto& each : state_->streams) {
      if (const auto stream = each.lock()) stream->abandon();
    }
  }
  [[nodiscard]] std::uint16_t port() const { return state_->acceptor.local_endpoint().port(); }

 private:
  struct state {
    state(const asio::any_io_executor& executor, std::uint16_t port, stream_function told, duration longest)
        : acceptor(executor, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port)),
          pause(executor),
          accepted(std::move(told)),
          patience(longest) {}
    asio::ip::tcp::acceptor acceptor;
    asio::steady_timer pause;
    stream_function accepted;
    duration patience;  // of the streams
    std::vector<std::weak_ptr<tcp_stream>> streams;
  };
  static void wait(const std::shared_ptr<state>& own) {
    own->acceptor.async_accept([own](std::error_code error, asio::ip::tcp::socket socket) {
      if (!own->accepted) return;
      if (error) return wait_later(own);
      std::erase_if(own->streams, [](const auto& each) { return each.expired(); });
      const auto stream = std::make_shared<tcp_stream>(std::move(socket), own->patience);
      own->streams.push_back(stream);
      const auto told = own->accepted;  // the call may end the listener
      told(stream);
      if (own->accepted) wait(own);
    });
  }
  static void wait_later(const std::shared_ptr<state>& own) {
    own->pause.expires_after(std::chrono::milliseconds(100));
    own->pause.async_wait([own](std::error_code error) {
      if (!error && own->accepted) wait(own);
    });
  }

  std::shared_ptr<state> state_;
};

}  // namespace waku::reliability::testing
