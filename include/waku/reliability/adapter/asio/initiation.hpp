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
///
/// The types of what is posted do not depend on the handler's, which spares compilers much work.
template <class Session>
class asio_initiation {
 public:
  using executor_type = typename Session::strand_type;

  explicit asio_initiation(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  [[nodiscard]] executor_type get_executor() const noexcept { return session_->strand(); }

 protected:
  // Has begin(session, operation) called on the strand: at once when we are there.
  template <class... Results, class Handler, class Begin>
  void start(Handler&& handler, Begin&& begin) const {
    using operation_type = asio_handler_operation<executor_type, std::decay_t<Handler>, Results...>;
    std::decay_t<Handler> owned(std::forward<Handler>(handler));
    start_with(operation_type::make(session_->strand(), session_->pool_here(), std::move(owned)),
               std::forward<Begin>(begin));
  }

  // Has Cancel()(session, ticket, type) called on the strand when the handler's slot is signalled. Always posted,
  // so that it comes behind the beginning. Returns the ticket; 0 for a handler that has no slot.
  template <class Cancel, class Handler>
  std::uint64_t cancel_by_slot(const Handler& handler) const {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) return 0;
    const std::uint64_t ticket = session_->new_ticket();
    slot.assign(signalled<Cancel>{session_, ticket});
    return ticket;
  }

  std::shared_ptr<Session> session_;

 private:
  template <class Owner, class Begin>
  void start_with(Owner operation, Begin begin) const {
    if (session_->may_enter()) return begin(*session_, std::move(operation));
    asio::post(session_->strand(),
               [session = session_, operation = std::move(operation), begin = std::move(begin)]() mutable {
                 begin(*session, std::move(operation));
               });
  }
  template <class Cancel>
  struct signalled {
    std::weak_ptr<Session> watched;
    std::uint64_t ticket;

    void operator()(asio::cancellation_type type) const {
      auto session = watched.lock();
      if (session == nullptr || type == asio::cancellation_type::none) return;
      const executor_type strand = session->strand();
      asio::post(strand,
                 [session = std::move(session), which = ticket, type] { Cancel()(*session, which, type); });
    }
  };
};

/// Starts async_publish.
template <class Session, class Message>
class initiate_asio_publish : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler, topic_name pubsub_topic, Message message) const {
    const std::uint64_t ticket = this->template cancel_by_slot<cancel>(handler);
    this->template start<std::error_code, finished>(
        std::forward<Handler>(handler), begin{ticket, std::move(pubsub_topic), std::move(message)});
  }

 private:
  struct begin {
    std::uint64_t ticket;
    topic_name pubsub_topic;
    Message message;

    void operator()(Session& session, typename Session::publish_operation operation) {
      session.begin_publish(std::move(operation), ticket, pubsub_topic.view(), std::move(message));
    }
  };
  struct cancel {
    void operator()(Session& session, std::uint64_t ticket, asio::cancellation_type type) const {
      session.cancel_publish(ticket, type);
    }
  };
};

/// Starts async_receive.
template <class Session>
class initiate_asio_receive : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    const std::uint64_t ticket = this->template cancel_by_slot<cancel>(handler);
    this->template start<std::error_code, typename Session::received_type>(std::forward<Handler>(handler),
                                                                           begin{ticket});
  }

 private:
  struct begin {
    std::uint64_t ticket;

    void operator()(Session& session, typename Session::receive_operation operation) const {
      session.begin_receive(std::move(operation), ticket);
    }
  };
  struct cancel {
    void operator()(Session& session, std::uint64_t ticket, asio::cancellation_type) const {
      session.cancel_receive(ticket);
    }
  };
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
        std::forward<Handler>(handler), begin{subscribe, std::move(pubsub_topic), std::move(content_topics)});
  }

 private:
  struct begin {
    bool subscribe;
    topic_name pubsub_topic;
    std::vector<std::string> content_topics;

    void operator()(Session& session, typename Session::change_operation operation) const {
      const std::vector<std::string_view> topics(content_topics.begin(), content_topics.end());
      session.begin_change(std::move(operation), [&](auto& inner) {
        return subscribe ? inner.subscribe(pubsub_topic.view(), topics)
                         : inner.unsubscribe(pubsub_topic.view(), topics);
      });
    }
  };
};

/// Starts async_stop.
template <class Session>
class initiate_asio_stop : public asio_initiation<Session> {
 public:
  using asio_initiation<Session>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    this->template start<std::error_code>(std::forward<Handler>(handler), begin{});
  }

 private:
  struct begin {
    void operator()(Session& session, typename Session::change_operation operation) const {
      session.begin_stop(std::move(operation));
    }
  };
};

}  // namespace waku::reliability
