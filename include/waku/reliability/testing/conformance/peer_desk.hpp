// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/capability/operation.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/testing/recorded_request.hpp>

namespace waku::reliability::testing {

/// A request as a service peer read it from its stream, or a message as the relay's neighbours got it. What
/// the protocol does not send stays empty.
template <class Message>
struct peer_request {
  operation_kind kind = operation_kind::none;
  std::size_t peer = 0;  ///< which of the fixture's service peers, from 0; 0 for relay
  std::string pubsub_topic{};
  std::vector<std::string> content_topics{};
  std::optional<Message> message{};
  std::vector<message_hash> hashes{};
  std::optional<wall_time> time_start{};
  std::optional<wall_time> time_end{};
  bool include_data = false;
  store_cursor cursor{};
  std::optional<std::uint32_t> limit{};  ///< the page limit, if the query has one
  bool forward = false;                  ///< the query asks for the oldest first
  bool legacy = false;                   ///< it came by lightpush v2 or the legacy store
};

/// How a service peer can end a stream without a sound reply.
enum class peer_trouble : std::uint8_t {
  close,    ///< it closes the stream in good order, without a byte
  reset,    ///< it resets the stream, or the connection breaks
  garbage,  ///< it sends bytes that are no reply, and closes
};

/// What a service peer does with a request: reply, of the request's kind, or make trouble.
template <class Message>
using peer_answer = std::variant<lightpush_reply, filter_reply, store_reply<Message>, peer_trouble>;

/// A reply without content to a request of this kind; 200 is success.
template <class Message>
[[nodiscard]] peer_answer<Message> answer_with_status(operation_kind kind, std::uint32_t status) {
  if (kind == operation_kind::store_query) return store_answer<Message>(status);
  if (kind != operation_kind::lightpush) return filter_answer(status);
  lightpush_reply reply = push_refused(status);
  if (status == status_code::ok) reply.relay_peer_count = 3;
  return reply;
}

/// Where a fixture's service peers hand in the requests that reach them, and learn what to answer.
template <class Message>
class peer_desk {
 public:
  /// Carries out an answer on the request's stream, perhaps a second time. False if the fixture cannot do it;
  /// the check is then skipped.
  using respond_function = std::function<bool(const peer_answer<Message>&)>;

  /// A request has arrived. `respond` is kept and may be called any time later, never inside arrived(). A
  /// relayed message needs none.
  void arrived(peer_request<Message> request, respond_function respond = {}) {
    requests_.push_back(std::move(request));
    responds_.push_back(std::move(respond));
  }

  /// Every request so far, in the order of arrival. References stay valid.
  [[nodiscard]] const std::deque<peer_request<Message>>& requests() const noexcept { return requests_; }
  /// Answers the request of this number. False if the fixture cannot.
  bool answer(std::size_t number, const peer_answer<Message>& with) {
    assert(number < responds_.size() && "no such request has arrived");
    return responds_[number] && responds_[number](with);
  }

 private:
  std::deque<peer_request<Message>> requests_;
  std::deque<respond_function> responds_;
};

}  // namespace waku::reliability::testing
