// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

/// This file stands for the network stack that you have: it opens streams to peers by name, and calls back
/// when the answer or an error is there. It knows nothing of the library; yours would have sockets in it,
/// this one lets letters take a millisecond of virtual time.
namespace own {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

// Requests and answers, in the stack's own words.

struct push_request {
  std::string topic;
  wr::message message;
};
struct push_answer {
  std::uint32_t code = 0;
  std::optional<std::uint32_t> relayed_to;
  std::string text;
};
struct filter_request {
  enum class verb { subscribe, unsubscribe, ping } what = verb::ping;
  std::string topic;
  std::vector<std::string> content_topics;
};
struct filter_answer {
  std::uint32_t code = 0;
};
struct history_request {
  std::string topic;
  std::vector<std::string> content_topics;
  std::optional<std::int64_t> from_ns, to_ns;
  std::vector<wr::message_hash> hashes;
  std::vector<std::byte> cursor;
  bool with_messages = false;
  bool oldest_first = true;
  std::uint32_t page = 100;
};
struct history_row {
  wr::message_hash hash;
  std::optional<wr::message> message;
};
struct history_answer {
  std::uint32_t code = 0;
  std::vector<history_row> rows;
  std::vector<std::byte> cursor;
};
using request = std::variant<push_request, filter_request, history_request>;

enum class stream_error { no_route, no_such_protocol, closed, reset, not_understood };
using answer = std::variant<push_answer, filter_answer, history_answer, stream_error>;

/// A peer that offers services, as the stack knows it.
struct peer {
  std::function<void(const request&, std::function<void(answer)> respond)> serve;
  bool here = true;       // known and connected
  bool reachable = true;  // a stream can be opened
  bool speaks = true;     // our protocols
};

class stack {
 public:
  using stream = std::uint64_t;

  explicit stack(wr::testing::virtual_clock& clock) : clock_(&clock) {}
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  // What a program uses.

  /// Sends a request on a new stream. `done` is called later, once; never if the stream is closed before.
  stream open(const std::string& to, request what, std::function<void(const answer&)> done) {
    const stream id = ++last_stream_;
    streams_[id] = {to, std::move(done)};
    clock_->schedule_after(1ms, [this, id, to, what = std::move(what)] {
      const auto found = peers_.find(to);
      if (found == peers_.end() || !found->second.here || !found->second.reachable) {
        return finish(id, stream_error::no_route);
      }
      if (!found->second.speaks) return finish(id, stream_error::no_such_protocol);
      found->second.serve(what, [this, id](answer given) {
        clock_->schedule_after(1ms, [this, id, given = std::move(given)] { finish(id, given); });
      });
    });
    return id;
  }
  void close(stream id) { streams_.erase(id); }

  /// The peers that are here.
  [[nodiscard]] std::vector<std::string> peers() const {
    std::vector<std::string> names;
    for (const auto& [name, each] : peers_) {
      if (each.here) names.push_back(name);
    }
    return names;
  }
  std::function<void(const std::string& peer, bool here)> on_peer;
  std::function<void(const std::string& peer, const std::string& topic, const wr::message&)> on_pushed;
  std::function<void(bool online)> on_network;

  // What the world does to it.

  void set_peer(const std::string& name, peer node) {
    const bool here = node.here;
    peers_[name] = std::move(node);
    clock_->schedule_after(1ms, [this, name, here] {
      if (!here) drop_streams_to(name);
      if (on_peer) on_peer(name, here);
    });
  }
  void push(const std::string& from, const std::string& topic, std::vector<wr::message> messages) {
    clock_->schedule_after(1ms, [this, from, topic, messages = std::move(messages)] {
      for (const wr::message& each : messages) {
        if (on_pushed) on_pushed(from, topic, each);
      }
    });
  }
  void set_online(bool online) {
    clock_->schedule_after(1ms, [this, online] {
      if (on_network) on_network(online);
    });
  }

 private:
  struct open_stream {
    std::string to;
    std::function<void(const answer&)> done;
  };

  void finish(stream id, const answer& with) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    const auto done = std::move(found->second.done);
    streams_.erase(found);
    done(with);
  }
  void drop_streams_to(const std::string& name) {
    std::vector<stream> lost;
    for (const auto& [id, each] : streams_) {
      if (each.to == name) lost.push_back(id);
    }
    for (const stream id : lost) finish(id, stream_error::reset);
  }

  wr::testing::virtual_clock* clock_;
  std::map<std::string, peer> peers_;
  std::map<stream, open_stream> streams_;
  stream last_stream_ = 0;
};

}  // namespace own
