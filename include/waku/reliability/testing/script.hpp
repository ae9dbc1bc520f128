// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <waku/reliability/testing/recorded_request.hpp>

namespace waku::reliability::testing {

/// One line of a mock transport's script: which requests it is for, and what comes back.
///
/// `transport.expect(operation_kind::lightpush).at(peer).after(2s).reply(push_refused(429));`
///
/// Without an answer named, the request is answered as its kind usually is. A line serves one request unless
/// times() or always() says otherwise; then the next fitting line has its turn.
template <class Message>
class script_line {
 public:
  using request = recorded_request<Message>;
  using condition = std::function<bool(const request&)>;
  using answerer = std::function<any_reply<Message>(const request&)>;
  enum class ending : std::uint8_t { usual, reply, fail, drop, hold, raise };

  explicit script_line(operation_kind kind) : kind_(kind) {}

  /// Only for requests to this peer.
  script_line& at(peer_id peer) {
    peer_ = peer;
    return *this;
  }
  /// Only for requests of which this is true.
  script_line& where(condition wanted) {
    condition_ = std::move(wanted);
    return *this;
  }
  /// For so many requests.
  script_line& times(std::uint32_t count) {
    assert(count > 0);
    left_ = count;
    return *this;
  }
  /// For every request from now on. Such a line may stay unused.
  script_line& always() {
    left_ = std::nullopt;
    return *this;
  }
  /// The answer comes so much later. Zero: at the same virtual time, but after the call has returned.
  script_line& after(duration delay) {
    delay_ = delay;
    return *this;
  }
  /// The answer comes before the call returns.
  script_line& at_once() {
    at_once_ = true;
    return *this;
  }
  /// The answer comes again so often, right behind the first.
  script_line& repeated(std::uint32_t copies = 1) {
    copies_ = copies;
    return *this;
  }
  /// The answer comes even after the operation was cancelled.
  script_line& despite_cancel() {
    despite_cancel_ = true;
    return *this;
  }

  script_line& reply(any_reply<Message> answer) {
    return answer_with([answer = std::move(answer)](const request&) { return answer; });
  }
  /// Makes the reply when the request has come.
  script_line& answer_with(answerer answer) {
    ending_ = ending::reply;
    answerer_ = std::move(answer);
    return *this;
  }
  script_line& fail(transport_error error) {
    ending_ = ending::fail;
    error_ = error;
    return *this;
  }
  /// Nothing ever comes back.
  script_line& drop() {
    ending_ = ending::drop;
    return *this;
  }
  /// Nothing comes back until the test calls the transport's answer() or fail().
  script_line& hold() {
    ending_ = ending::hold;
    return *this;
  }
  /// The transport's function throws a std::runtime_error.
  script_line& raise() {
    ending_ = ending::raise;
    return *this;
  }

  /// For the transport: whether the line has a turn left and fits.
  [[nodiscard]] bool fits(const request& made) const {
    return kind_ == made.kind && left_ != 0 && (!peer_ || peer_ == made.peer) &&
           (!condition_ || condition_(made));
  }
  /// For the transport: takes one turn.
  void use() {
    ++used_;
    if (left_) --*left_;
  }
  /// How many requests it has served.
  [[nodiscard]] std::uint32_t used() const noexcept { return used_; }
  /// True when no request has to come any more.
  [[nodiscard]] bool consumed() const noexcept { return !left_ || *left_ == 0; }
  /// What it waits for, in words.
  [[nodiscard]] std::string describe() const {
    std::string text(name_of(kind_));
    if (peer_) text += " at peer " + std::to_string(static_cast<std::uint32_t>(*peer_));
    if (condition_) text += " on a condition";
    if (left_) text += ", " + std::to_string(*left_) + " to come";
    return text;
  }

  [[nodiscard]] ending how() const noexcept { return ending_; }
  [[nodiscard]] std::optional<duration> delay() const noexcept { return delay_; }
  [[nodiscard]] bool is_at_once() const noexcept { return at_once_; }
  [[nodiscard]] bool is_despite_cancel() const noexcept { return despite_cancel_; }
  [[nodiscard]] std::uint32_t copies() const noexcept { return copies_; }
  [[nodiscard]] transport_error error() const noexcept { return error_; }
  [[nodiscard]] any_reply<Message> answer_to(const request& made) const { return answerer_(made); }

 private:
  operation_kind kind_;
  std::optional<peer_id> peer_;
  condition condition_;
  std::optional<std::uint32_t> left_ = 1;
  std::uint32_t used_ = 0;
  ending ending_ = ending::usual;
  answerer answerer_;
  transport_error error_{};
  std::optional<duration> delay_;
  bool at_once_ = false;
  bool despite_cancel_ = false;
  std::uint32_t copies_ = 0;
};

}  // namespace waku::reliability::testing
