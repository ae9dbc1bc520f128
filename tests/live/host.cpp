// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <doctest/doctest.h>

#include <libp2p_host.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace live_host_tests {

namespace {

using namespace std::chrono_literals;

/// Long enough for a busy machine; what is right ends much earlier.
constexpr auto patience = 30s;

libp2p_view view(std::string_view text) { return {text.data(), text.size()}; }

std::string text_of(libp2p_view seen) {
  return seen.size == 0 ? std::string() : std::string(seen.data, seen.size);
}

/// An event that outlives its callback.
struct kept_event {
  libp2p_event_kind kind;
  libp2p_error error;
  std::uint64_t id;
  std::uint64_t number;
  std::string peer;
  std::string text;
  std::string data;
  std::vector<std::string> list;
};

kept_event keep(const libp2p_event& event) {
  kept_event kept{event.kind,          event.error,         event.id, event.number, text_of(event.peer),
                  text_of(event.text), text_of(event.data), {}};
  std::transform(event.list, event.list + event.list_size, std::back_inserter(kept.list), text_of);
  return kept;
}

/// A host and what it has told.
class host {
 public:
  explicit host(std::string_view configuration = "{}") {
    std::array<char, 200> why{};
    host_ = libp2p_host_start(view(configuration), &host::told, this, why.data(), why.size());
    REQUIRE_MESSAGE(host_ != 0, why.data());
    const kept_event started = wait(LIBP2P_STARTED, 0);
    REQUIRE(started.list.size() == 1);
    peer = started.text;
    address = started.list.front();
  }
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  ~host() { stop(); }

  operator libp2p_host() const { return host_; }

  void stop() { libp2p_host_stop(std::exchange(host_, 0)); }

  /// Takes the first event that was not taken and is as wanted.
  kept_event wait(const std::function<bool(const kept_event&)>& wanted) {
    std::unique_lock lock(mutex_);
    std::optional<kept_event> found;
    const bool came = more_.wait_for(lock, patience, [&] {
      const auto at = std::find_if(events_.begin(), events_.end(), wanted);
      if (at == events_.end()) return false;
      found = std::move(*at);
      events_.erase(at);
      return true;
    });
    REQUIRE(came);
    return *std::move(found);
  }
  kept_event wait(libp2p_event_kind kind, std::uint64_t id) {
    CAPTURE(kind);
    return wait([&](const kept_event& event) { return event.kind == kind && event.id == id; });
  }

  /// What a stream brings until the other side closes; it is consumed as it comes.
  std::string read_all(std::uint64_t stream) {
    std::string all;
    while (true) {
      const kept_event event = wait([&](const kept_event& seen) {
        return seen.id == stream && (seen.kind == LIBP2P_STREAM_DATA || seen.kind == LIBP2P_STREAM_CLOSED ||
                                     seen.kind == LIBP2P_STREAM_RESET);
      });
      REQUIRE_MESSAGE(event.kind != LIBP2P_STREAM_RESET, event.text);
      if (event.kind == LIBP2P_STREAM_CLOSED) return all;
      all += event.data;
      libp2p_host_consumed(host_, stream, event.data.size());
    }
  }

  void dial(const host& other) {
    libp2p_host_dial(host_, 7, view(other.address));
    CHECK(wait(LIBP2P_DIALLED, 7).peer == other.peer);
  }

  void open(std::uint64_t stream, const host& other, std::vector<std::string_view> protocols) {
    std::vector<libp2p_view> views;
    std::transform(protocols.begin(), protocols.end(), std::back_inserter(views), view);
    libp2p_host_open(host_, stream, view(other.peer), views.data(), views.size());
  }

  std::string counts() const {
    std::string text(libp2p_host_counts(host_, nullptr, 0) + 1, '\0');
    text.resize(std::min(text.size() - 1, libp2p_host_counts(host_, text.data(), text.size())));
    return text;
  }

  /// Whoever holds it keeps the callback waiting.
  std::mutex& lock() { return mutex_; }

  std::size_t callbacks() {
    const std::lock_guard lock(mutex_);
    return callbacks_;
  }

  std::string peer;
  std::string address;

 private:
  static void told(void* context, const libp2p_event* event) {
    auto& self = *static_cast<host*>(context);
    {
      const std::lock_guard lock(self.mutex_);
      ++self.callbacks_;
      self.events_.push_back(keep(*event));
    }
    self.more_.notify_all();
  }

  libp2p_host host_ = 0;
  std::mutex mutex_;
  std::condition_variable more_;
  std::vector<kept_event> events_;
  std::size_t callbacks_ = 0;
};

}  // namespace

TEST_CASE("two hosts meet, know each other's protocols and carry bytes both ways") {
  host server;
  host client(R"({"agent": "a client"})");
  libp2p_host_serve(server, view("/echo/1"));
  client.dial(server);
  CHECK(client.wait(LIBP2P_CONNECTED, 0).number == 0);
  const kept_event connected = server.wait(LIBP2P_CONNECTED, 0);
  CHECK(connected.number == 1);
  CHECK(connected.peer == client.peer);
  CHECK(server.wait(LIBP2P_IDENTIFIED, 0).text == "a client");
  const kept_event identified = client.wait(LIBP2P_IDENTIFIED, 0);
  CHECK(std::count(identified.list.begin(), identified.list.end(), "/echo/1") == 1);

  client.open(2, server, {"/unknown/1", "/echo/1"});
  libp2p_host_write(client, 2, view("asked"));
  libp2p_host_close_write(client, 2);
  CHECK(client.wait(LIBP2P_STREAM_OPENED, 2).text == "/echo/1");
  const kept_event accepted = server.wait(LIBP2P_STREAM_ACCEPTED, 1);
  CHECK(accepted.text == "/echo/1");
  CHECK(accepted.peer == client.peer);
  CHECK(server.read_all(1) == "asked");
  libp2p_host_write(server, 1, view("answered"));
  server.wait(LIBP2P_STREAM_DRAINED, 1);
  libp2p_host_close_write(server, 1);
  CHECK(client.read_all(2) == "answered");
  CHECK(client.counts().find("\"connections\":1") != std::string::npos);
  CHECK(client.counts().find("\"panics\":0") != std::string::npos);

  libp2p_host_disconnect(client, view(server.peer));
  CHECK(client.wait(LIBP2P_DISCONNECTED, 0).peer == server.peer);
  CHECK(server.wait(LIBP2P_DISCONNECTED, 0).peer == client.peer);
}

TEST_CASE("a message of a topic gets to the other host") {
  host first(R"({"relay": true, "heartbeat_milliseconds": 50})");
  host second(R"({"relay": true, "heartbeat_milliseconds": 50})");
  first.dial(second);
  constexpr std::string_view topic = "/waku/2/rs/1/0";
  for (host* each : {&first, &second}) libp2p_host_join(*each, view(topic));
  for (host* each : {&first, &second}) {
    const kept_event peers = each->wait(LIBP2P_TOPIC_PEERS, 0);
    CHECK(peers.text == topic);
    CHECK(peers.number == 1);
  }
  libp2p_host_publish(first, 4, view(topic), view("a message"));
  const kept_event published = first.wait(LIBP2P_PUBLISHED, 4);
  CHECK(published.error == LIBP2P_OK);
  CHECK(published.number == 1);
  const kept_event message = second.wait(LIBP2P_MESSAGE, 0);
  CHECK(message.data == "a message");
  CHECK(message.text == topic);
  CHECK(message.peer == first.peer);
}

TEST_CASE("a host that cannot start says why in a sentence that is cut where it must") {
  std::array<char, 200> why{};
  const auto start = [&](std::string_view configuration, std::size_t size) {
    return libp2p_host_start(
        view(configuration), [](void*, const libp2p_event*) {}, nullptr, why.data(), size);
  };
  CHECK(start(R"({"streams_max": 0})", why.size()) == 0);
  CHECK(std::string_view(why.data()).find("streams_max") != std::string_view::npos);
  CHECK(start(R"({"streams_max": 0})", 5) == 0);
  CHECK(std::string_view(why.data()).size() == 4);
  CHECK(start("", 0) == 0);
}

TEST_CASE("calls for what there is not do nothing") {
  host one;
  for (const libp2p_host number : {libp2p_host{0}, libp2p_host{1} << 60U, static_cast<libp2p_host>(one)}) {
    libp2p_host_disconnect(number, view("not a peer"));
    libp2p_host_write(number, 12, view("bytes"));
    libp2p_host_close_write(number, 12);
    libp2p_host_consumed(number, 12, 1);
    libp2p_host_reset(number, 12);
    libp2p_host_join(number, view("topic"));
    libp2p_host_leave(number, view("topic"));
  }
  libp2p_host_stop(libp2p_host{1} << 60U);
  std::array<char, 4> counts{'x', 'x', 'x', 'x'};
  CHECK(libp2p_host_counts(0, counts.data(), counts.size()) == 0);
  CHECK(counts.front() == '\0');
  CHECK(libp2p_host_counts(one, counts.data(), counts.size()) > 4);
  CHECK(std::string_view(counts.data(), 3) == "{\"s");
  libp2p_host_dial(one, 6, view("nowhere"));
  CHECK(one.wait(LIBP2P_DIAL_FAILED, 6).error == LIBP2P_BAD_ADDRESS);
  libp2p_host_publish(one, 8, view("topic"), view("bytes"));
  CHECK(one.wait(LIBP2P_PUBLISHED, 8).error == LIBP2P_NOT_JOINED);
}

TEST_CASE("no call waits for a callback that waits for the caller") {
  host server;
  host client;
  libp2p_host_serve(server, view("/sink/1"));
  client.dial(server);
  {
    const std::lock_guard held(client.lock());
    client.open(2, server, {"/sink/1"});
    for (int count = 0; count < 100; ++count) libp2p_host_write(client, 2, view("some bytes"));
    libp2p_host_dial(client, 9, view("nowhere"));
    libp2p_host_reset(client, 2);
    libp2p_host_counts(client, nullptr, 0);
  }
  client.wait(LIBP2P_DIAL_FAILED, 9);
}

TEST_CASE("a host stops in the middle of its work and tells nothing after that") {
  for (int round = 0; round < 5; ++round) {
    host server(R"({"stream_window_bytes": 300000})");
    host client(R"({"stream_window_bytes": 300000})");
    libp2p_host_serve(server, view("/flood/1"));
    client.dial(server);
    const std::string much(200000, 'x');
    for (std::uint64_t stream = 2; stream < 40; stream += 2) {
      client.open(stream, server, {"/flood/1"});
      libp2p_host_write(client, stream, view(much));
    }
    server.wait([](const kept_event& event) { return event.kind == LIBP2P_STREAM_DATA; });
    // The callback may be kept waiting for a moment while the host is told to stop.
    server.lock().lock();
    std::thread stopping([&] { server.stop(); });
    server.lock().unlock();
    stopping.join();
    const std::size_t callbacks = server.callbacks();
    client.wait([&](const kept_event& event) { return event.kind == LIBP2P_DISCONNECTED; });
    CHECK(server.callbacks() == callbacks);
  }
}

}  // namespace live_host_tests
