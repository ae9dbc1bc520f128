// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/testing/tcp_link/stream.hpp>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address_v4.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <testing/tcp_link/bench.hpp>

namespace tcp_link_stream_tests {

using namespace tcp_link_bench;

namespace {

using tcp = asio::ip::tcp;

tcp::endpoint local(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

// Takes any opening, counts frames, and closes after the first where it is told to.
struct listening {
  explicit listening(asio::io_context& context, wr::duration longest, bool closes = false)
      : listener(
            context.get_executor(), 0,
            [this, closes](const std::shared_ptr<wt::tcp_stream>& stream) {
              latest = stream;
              stream->accept([this, closes](wt::tcp_stream& own, std::string_view,
                                            std::uint16_t) -> std::optional<std::size_t> {
                own.on_frame = [this, closes, &own](wt::tcp_stream::byte_span) {
                  ++frames;
                  if (closes) own.close();
                };
                return 100;
              });
            },
            longest) {}
  int frames = 0;
  std::weak_ptr<wt::tcp_stream> latest;
  wt::tcp_listener listener;
};

std::shared_ptr<wt::tcp_stream> opened(asio::io_context& context, std::uint16_t to, wr::duration longest) {
  const auto stream = std::make_shared<wt::tcp_stream>(tcp::socket(context), longest);
  stream->open(to, ww::protocol::relay, 1, 100);
  return stream;
}
ww::byte_buffer frame_of(std::string_view text) {
  ww::byte_buffer frame;
  ww::append_frame(ww::bytes_of(text), frame);
  return frame;
}

// As long as it lives, this process gets no new descriptors.
struct without_descriptors {
  without_descriptors() {
    rlimit none = before;
    none.rlim_cur = 0;
    worked = known && ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  }
  without_descriptors(const without_descriptors&) = delete;
  without_descriptors& operator=(const without_descriptors&) = delete;
  ~without_descriptors() {
    if (worked) ::setrlimit(RLIMIT_NOFILE, &before);
  }
  rlimit before{};
  bool known = ::getrlimit(RLIMIT_NOFILE, &before) == 0;
  bool worked = false;
};

}  // namespace

TEST_CASE("a connection that does not open a stream in time is broken off, whatever of the opening it sent") {
  asio::io_context context;
  listening own(context, 50ms);
  const ww::byte_buffer whole = frame_of("a protocol");
  for (const std::size_t sent : {std::size_t{0}, std::size_t{3}, whole.size()}) {
    CAPTURE(sent);
    tcp::socket silent(context);
    silent.connect(local(own.listener.port()));
    asio::write(silent, asio::buffer(whole.data(), sent));
    CHECK(is_closed(context, silent));
    CHECK(run_context(context, [&] { return own.latest.expired(); }));
  }
}

TEST_CASE("a stream whose opening is not answered in time has broken, whether or not it was told to close") {
  asio::io_context context;
  deaf_port deaf(context);
  for (const bool closes : {false, true}) {
    CAPTURE(closes);
    const auto stream = opened(context, deaf.port(), 50ms);
    std::optional<wt::tcp_end> end;
    stream->on_end = [&](wt::tcp_end how) { end = how; };
    if (closes) stream->close();
    CHECK(run_context(context, [&] { return end.has_value(); }));
    CHECK(end == wt::tcp_end::broken);
  }
}

TEST_CASE("a stream that was told to close is limited in time though its opening is answered") {
  asio::io_context context;
  deaf_port holds_on(context);
  const auto stream = opened(context, holds_on.port(), 250ms);
  std::optional<wt::tcp_end> end;
  stream->on_end = [&](wt::tcp_end how) { end = how; };
  stream->close();
  tcp::socket other = holds_on.next_connection(context);
  asio::write(other, asio::buffer(frame_of(ww::id_of(ww::protocol::relay))));
  CHECK(run_context(context, [&] { return end.has_value(); }));
  CHECK(end == wt::tcp_end::broken);
}

TEST_CASE("a stream that was opened in time may be silent for long") {
  asio::io_context context;
  listening own(context, 1s);
  const auto stream = opened(context, own.listener.port(), 1s);
  stream->on_end = [](wt::tcp_end) { FAIL("the stream has ended"); };
  stream->write(frame_of("first"));
  CHECK(run_context(context, [&] { return own.frames == 1; }));
  context.run_for(1'300ms);
  stream->write(frame_of("second"));
  CHECK(run_context(context, [&] { return own.frames == 2; }));
  stream->abandon();
}

TEST_CASE("after close() nothing is written, and a stream that the other side does not close is broken off") {
  asio::io_context context;
  listening own(context, 250ms, true);
  tcp::socket holds_on(context);
  holds_on.connect(local(own.listener.port()));
  ww::byte_buffer sent = frame_of(ww::id_of(ww::protocol::relay));
  for (const std::string_view text : {"1", "a frame"}) {
    const ww::byte_buffer more = frame_of(text);
    sent.insert(sent.end(), more.begin(), more.end());
  }
  asio::write(holds_on, asio::buffer(sent));
  CHECK(run_context(context, [&] { return own.frames == 1; }));
  const auto closing = own.latest.lock();
  REQUIRE(closing);
  CHECK(closing->ended());
  std::optional<wt::tcp_end> end;
  closing->on_end = [&](wt::tcp_end how) { end = how; };
  closing->write(frame_of("too late"));
  CHECK(run_context(context, [&] { return end.has_value(); }));
  CHECK(end == wt::tcp_end::broken);

  // What came is the answer to the opening, and the end.
  ww::byte_buffer read(1'000);
  std::error_code error;
  const std::size_t size = asio::read(holds_on, asio::buffer(read), error);
  CHECK(size == frame_of(ww::id_of(ww::protocol::relay)).size());
}

TEST_CASE("a connection that the kernel makes to itself, since nobody listens, is none") {
  asio::io_context context;
  // As when the port that the kernel chose for this side is the one that is dialled.
  tcp::socket socket(context, local(0));
  const std::uint16_t port = socket.local_endpoint().port();
  const auto stream = std::make_shared<wt::tcp_stream>(std::move(socket));
  std::optional<wt::tcp_end> end;
  stream->on_frame = [](wt::tcp_stream::byte_span) { FAIL("it hears itself"); };
  stream->on_end = [&](wt::tcp_end how) { end = how; };
  stream->open(port, ww::protocol::relay, 1, 100);
  stream->write(frame_of("hello"));
  CHECK(run_context(context, [&] { return end.has_value(); }));
  CHECK(end == wt::tcp_end::unreachable);
}

TEST_CASE("a listener may go in the call that tells of a stream, which ends with it") {
  asio::io_context context;
  std::optional<wt::tcp_listener> listener;
  const auto capture = std::make_shared<int>(1);
  long kept = 0;
  listener.emplace(context.get_executor(), 0, [&listener, &kept, capture](const auto& stream) {
    stream->accept(
        [](wt::tcp_stream&, std::string_view, std::uint16_t) { return std::optional<std::size_t>(); });
    long& count = kept;
    const std::weak_ptr<int> watched = capture;
    listener.reset();
    count = watched.use_count();
  });
  tcp::socket brief(context);
  brief.connect(local(listener->port()));
  CHECK(is_closed(context, brief));
  CHECK_FALSE(listener);
  // The function's own captures were there until its end.
  CHECK(kept == 2);
  CHECK(capture.use_count() == 1);
}

TEST_CASE(
    "a patience without an end is none that overflows: a listener waits for an opening, and an opener too") {
  asio::io_context context;
  listening own(context, wr::duration::max());
  tcp::socket silent(context);
  silent.connect(local(own.listener.port()));
  CHECK(run_context(context, [&] { return own.latest.lock() != nullptr; }));
  deaf_port deaf(context);
  const auto stream = opened(context, deaf.port(), wr::duration::max());
  stream->on_end = [](wt::tcp_end) { FAIL("the stream has ended"); };
  const tcp::socket other = deaf.next_connection(context);
  context.run_for(50ms);
  CHECK_FALSE(own.latest.expired());
  CHECK_FALSE(stream->ended());
  stream->abandon();
}

TEST_CASE("a listener without descriptors waits for some, and does not try all the time") {
  asio::io_context context;
  int accepted = 0;
  const wt::tcp_listener listener(context.get_executor(), 0, [&](const auto&) { ++accepted; });
  tcp::socket waits(context);
  waits.connect(local(listener.port()));
  std::size_t handlers = 0;
  {
    const without_descriptors none;
    REQUIRE(none.worked);
    handlers = context.run_for(150ms);
  }
  CHECK(accepted == 0);
  CHECK(handlers >= 1);
  CHECK(handlers <= 10);
  CHECK(run_context(context, [&] { return accepted == 1; }));
}

}  // namespace tcp_link_stream_tests
