// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/event_sink.hpp>

namespace waku::reliability::testing {

/// The name of a transport error, for messages.
[[nodiscard]] constexpr std::string_view name_of(transport_error error) noexcept {
  switch (error) {
    case transport_error::timeout: return "timeout";
    case transport_error::connection_lost: return "connection_lost";
    case transport_error::dial_failed: return "dial_failed";
    case transport_error::empty_reply: return "empty_reply";
    case transport_error::undecodable_reply: return "undecodable_reply";
    case transport_error::unsupported_protocol: return "unsupported_protocol";
    case transport_error::transport_threw: return "transport_threw";
  }
  return "an unknown error";
}

/// An ending of an operation in words.
template <class Ending>
[[nodiscard]] std::string describe(const Ending& how) {
  return std::visit(
      []<class Each>(const Each& each) -> std::string {
        if constexpr (std::is_same_v<Each, transport_error>) {
          return std::string(name_of(each));
        } else if constexpr (requires { each.status; }) {
          return "status " + std::to_string(each.status);
        } else {
          return "a count of " + std::to_string(each.peer_count);
        }
      },
      how);
}

/// The status of a service peer's reply; 0 if there was none.
template <class Ending>
[[nodiscard]] std::uint32_t status_of(const Ending& how) {
  return std::visit(
      []<class Each>(const Each& each) -> std::uint32_t {
        if constexpr (requires { each.status; }) return each.status;
        return 0;
      },
      how);
}

/// Stands where a node would: gives out a sink and reply handles, and writes down all that they are told.
template <class Message>
class event_recorder {
 public:
  using ending =
      std::variant<transport_error, relay_reply, lightpush_reply, filter_reply, store_reply<Message>>;

  struct ended {
    operation_id operation;
    ending how;
  };
  struct received {
    bool by_relay = false;
    peer_id peer{};  ///< who pushed it
    std::string pubsub_topic;
    Message message;
  };
  struct peer_news {
    peer_id peer{};
    bool here = false;
    peer_protocols protocols;
    std::vector<std::string> pubsub_topics;
  };
  struct relay_news {
    std::string pubsub_topic;
    std::uint32_t peers = 0;
  };

  event_recorder()
      : thread_(std::this_thread::get_id()), inbox_(new inbox<Message>(&event_recorder::woken, this)) {}
  event_recorder(const event_recorder&) = delete;
  event_recorder& operator=(const event_recorder&) = delete;
  ~event_recorder() { close(); }

  [[nodiscard]] event_sink<Message> sink() const { return event_sink<Message>(inbox_); }
  template <class Reply>
  [[nodiscard]] reply_handle<Message, Reply> handle(operation_id operation) const {
    return reply_handle<Message, Reply>(inbox_, operation);
  }
  /// From now on it hears nothing, like a node that is gone.
  void close() { inbox_.get()->close(); }

  /// What was told so far, in order, a list a kind.
  [[nodiscard]] const std::vector<ended>& ends() { return (take(), ends_); }
  [[nodiscard]] const std::vector<received>& messages() { return (take(), messages_); }
  [[nodiscard]] const std::vector<peer_news>& peers() { return (take(), peers_); }
  [[nodiscard]] const std::vector<bool>& connectivity() { return (take(), connectivity_); }
  [[nodiscard]] const std::vector<relay_news>& relay_peers() { return (take(), relay_peers_); }
  /// How much was told in all.
  [[nodiscard]] std::size_t count() {
    take();
    return ends_.size() + messages_.size() + peers_.size() + connectivity_.size() + relay_peers_.size();
  }

  /// The ends of one operation.
  [[nodiscard]] std::vector<ending> ends_of(operation_id operation) {
    take();
    std::vector<ending> found;
    for (const ended& each : ends_) {
      if (each.operation == operation) found.push_back(each.how);
    }
    return found;
  }
  /// The first end of one operation; nullptr while there is none.
  [[nodiscard]] const ending* first_end(operation_id operation) {
    take();
    const auto found = std::find_if(ends_.begin(), ends_.end(),
                                    [operation](const ended& each) { return each.operation == operation; });
    return found == ends_.end() ? nullptr : &found->how;
  }
  /// The latest news of a peer; nullptr if there was none.
  [[nodiscard]] const peer_news* latest(peer_id peer) {
    take();
    const auto found = std::find_if(peers_.rbegin(), peers_.rend(),
                                    [peer](const peer_news& each) { return each.peer == peer; });
    return found == peers_.rend() ? nullptr : &*found;
  }
  /// True when a sink or handle was used on another thread than the one that made the recorder.
  [[nodiscard]] bool heard_on_another_thread() {
    take();
    return other_thread_;
  }

 private:
  using inbox_type = inbox<Message>;

  static void woken(void* context) {
    auto& self = *static_cast<event_recorder*>(context);
    if (std::this_thread::get_id() != self.thread_) self.other_thread_ = true;
  }
  void take() {
    inbox_.get()->take(batch_);
    for (auto& entry : batch_.entries) {
      std::visit([this](auto& each) { this->note(each); }, entry);
    }
    batch_.entries.clear();
  }
  template <class Reply>
  void note(operation_ended<Reply>& event) {
    if (Reply* reply = std::get_if<Reply>(&event.result)) {
      ends_.push_back({event.operation, ending(std::move(*reply))});
    } else {
      ends_.push_back({event.operation, ending(std::get<transport_error>(event.result))});
    }
  }
  void note(typename inbox_type::pushed& event) {
    messages_.push_back(
        {false, event.peer, std::string(batch_.view(event.pubsub_topic)), std::move(event.message)});
  }
  void note(typename inbox_type::relayed& event) {
    messages_.push_back({true, {}, std::string(batch_.view(event.pubsub_topic)), std::move(event.message)});
  }
  void note(typename inbox_type::appeared& event) {
    peer_news news{event.peer, true, event.protocols, {}};
    for (const auto range : event.pubsub_topics) news.pubsub_topics.emplace_back(batch_.view(range));
    peers_.push_back(std::move(news));
  }
  void note(const peer_left& event) { peers_.push_back({event.peer, false, {}, {}}); }
  void note(const connectivity_changed& event) { connectivity_.push_back(event.online); }
  void note(const typename inbox_type::relay_peers& event) {
    relay_peers_.push_back({std::string(batch_.view(event.pubsub_topic)), event.peers});
  }

  std::thread::id thread_;
  bool other_thread_ = false;
  inbox_reference<Message> inbox_;
  typename inbox_type::batch batch_;
  std::vector<ended> ends_;
  std::vector<received> messages_;
  std::vector<peer_news> peers_;
  std::vector<bool> connectivity_;
  std::vector<relay_news> relay_peers_;
};

}  // namespace waku::reliability::testing
