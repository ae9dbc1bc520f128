// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/associated_cancellation_slot.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/post.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/asio/operation.hpp>
#include <waku/reliability/adapter/asio/topic_name.hpp>
#include <waku/reliability/engine/action.hpp>

namespace waku::reliability {

/// What the function objects that start an asynchronous call have in common. They hold the session and not
/// the Asio node, so a call that is started after the node's end completes with operation_aborted.
template <class Session>
class asio_initiation {
 public:
  using executor_type = typename Session::strand_type;

  explicit asio_initiation(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  [[nodiscard]] executor_type get_executor() const noexcept { return session_->strand(); }

 protected:
  // Has begin(session, operation) called on the strand: at once when we are there.
  template <class... Results, class Handler, class Begin>
  void start(Handler&& handler, Begin begin) const {
    using operation_type = asio_handler_operation<executor_type, std::decay_t<Handler>, Results...>;
    std::decay_t<Handler> owned(std::forward<Handler>(handler));
    auto operation = operation_type::make(session_->strand(), std::move(owned));
    if (session_->may_enter()) return begin(*session_, std::move(operation));
    asio::post(session_->strand(),
               [session = session_, operation = std::move(operation), begin = std::move(begin)]() mutable {
                 begin(*session, std::move(operation));
               });
  }

  // Has cancel(session, ticket, type) called on the strand when the handler's slot is signalled. Always posted,
  // so that it comes behind the beginning. Returns the ticket; 0 for a handler that has no slot.
  template <class Handler, class Cancel>
  std::uint64_t cancel_by_slot(const Handler& handler, Cancel cancel) const {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) return 0;
    const std::uint64_t ticket = session_->new_ticket();
    slot.assign([watched = std::weak_ptr<Session>(session_), ticket, cancel](asio::cancellation_type type) {
      if (type == asio::cancellation_type::none) return;
      if (auto session = watched.lock()) {
        const executor_type strand = session->strand();
        asio::post(strand,
                   [session = std::move(session), ticket, cancel, type] { cancel(*session, ticket, type); });
      }
    });
    return ticket;
  }

  std::shared_ptr<Session> session_;
};

/// Starts async_publish.
template <class Session, class Message>
class initiate_asio_publish : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler, topic_name pubsub_topic, Message message) const {
    const std::uint64_t ticket = this->cancel_by_slot(
        handler, [](Session& session, std::uint64_t which, asio::cancellation_type type) {
          session.cancel_publish(which, type);
        });
    this->template start<std::error_code, finished>(
        std::forward<Handler>(handler),
        [ticket, pubsub_topic = std::move(pubsub_topic), message = std::move(message)](
            Session& session, typename Session::publish_operation operation) mutable {
          session.begin_publish(std::move(operation), ticket, pubsub_topic.view(), std::move(message));
        });
  }
};

/// Starts async_receive.
template <class Session>
class initiate_asio_receive : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    const std::uint64_t ticket =
        this->cancel_by_slot(handler, [](Session& session, std::uint64_t which, asio::cancellation_type) {
          session.cancel_receive(which);
        });
    this->template start<std::error_code, typename Session::received_type>(
        std::forward<Handler>(handler),
        [ticket](Session& session, typename Session::receive_operation operation) {
          session.begin_receive(std::move(operation), ticket);
        });
  }
};

/// Starts async_subscribe or async_unsubscribe.
template <class Session>
class initiate_asio_change : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler, bool subscribe, topic_name pubsub_topic,
                  std::vector<std::string> content_topics) const {
    this->template start<std::error_code>(
        std::forward<Handler>(handler),
        [subscribe, pubsub_topic = std::move(pubsub_topic), content_topics = std::move(content_topics)](
            Session& session, typename Session::change_operation operation) {
          const std::vector<std::string_view> topics(content_topics.begin(), content_topics.end());
          session.begin_change(std::move(operation), [&](auto& inner) {
            return subscribe ? inner.subscribe(pubsub_topic.view(), topics)
                             : inner.unsubscribe(pubsub_topic.view(), topics);
          });
        });
  }
};

/// Starts async_stop.
template <class Session>
class initiate_asio_stop : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    this->template start<std::error_code>(std::forward<Handler>(handler),
                                          [](Session& session, typename Session::change_operation operation) {
                                            session.begin_stop(std::move(operation));
                                          });
  }
};

}  // namespace waku::reliability
