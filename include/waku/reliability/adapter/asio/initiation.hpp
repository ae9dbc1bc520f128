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

/// What the function objects that start an asynchronous call have in common. They hold the core and not
/// the Asio node, so a call that is started after the node's end completes with operation_aborted.
///
/// The types of what is posted do not depend on the handler's, which spares compilers much work.
template <class Core>
class asio_initiation {
 public:
  using executor_type = typename Core::strand_type;

  explicit asio_initiation(std::shared_ptr<Core> core) : core_(std::move(core)) {}

  [[nodiscard]] executor_type get_executor() const noexcept { return core_->strand(); }

 protected:
  // Has begin(core, operation) called on the strand: at once when we are there.
  template <class... Results, class Handler, class Begin>
  void start(Handler&& handler, Begin&& begin) const {
    using operation_type = asio_handler_operation<executor_type, std::decay_t<Handler>, Results...>;
    std::decay_t<Handler> owned(std::forward<Handler>(handler));
    start_with(operation_type::make(core_->strand(), core_->pool_here(), std::move(owned)),
               std::forward<Begin>(begin));
  }

  // Has Cancel()(core, ticket, type) called on the strand when the handler's slot is signalled. Always posted,
  // so that it comes behind the beginning. Returns the ticket; 0 for a handler that has no slot.
  template <class Cancel, class Handler>
  std::uint64_t cancel_by_slot(const Handler& handler) const {
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (!slot.is_connected()) return 0;
    const std::uint64_t ticket = core_->new_ticket();
    slot.assign(signalled<Cancel>{core_, ticket});
    return ticket;
  }

  std::shared_ptr<Core> core_;

 private:
  template <class Owner, class Begin>
  void start_with(Owner operation, Begin begin) const {
    if (core_->may_enter()) return begin(*core_, std::move(operation));
    asio::post(core_->strand(), [core = core_, operation = std::move(operation),
                                 begin = std::move(begin)]() mutable { begin(*core, std::move(operation)); });
  }
  template <class Cancel>
  struct signalled {
    std::weak_ptr<Core> watched;
    std::uint64_t ticket;

    void operator()(asio::cancellation_type type) const {
      auto core = watched.lock();
      if (core == nullptr || type == asio::cancellation_type::none) return;
      const executor_type strand = core->strand();
      asio::post(strand, [core = std::move(core), which = ticket, type] { Cancel()(*core, which, type); });
    }
  };
};

/// Starts async_publish.
template <class Core, class Message>
class initiate_asio_publish : public asio_initiation<Core> {
 public:
  using asio_initiation<Core>::asio_initiation;

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

    void operator()(Core& core, typename Core::publish_operation operation) {
      core.begin_publish(std::move(operation), ticket, pubsub_topic.view(), std::move(message));
    }
  };
  struct cancel {
    void operator()(Core& core, std::uint64_t ticket, asio::cancellation_type type) const {
      core.cancel_publish(ticket, type);
    }
  };
};

/// Starts async_receive.
template <class Core>
class initiate_asio_receive : public asio_initiation<Core> {
 public:
  using asio_initiation<Core>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    const std::uint64_t ticket = this->template cancel_by_slot<cancel>(handler);
    this->template start<std::error_code, typename Core::received_type>(std::forward<Handler>(handler),
                                                                        begin{ticket});
  }

 private:
  struct begin {
    std::uint64_t ticket;

    void operator()(Core& core, typename Core::receive_operation operation) const {
      core.begin_receive(std::move(operation), ticket);
    }
  };
  struct cancel {
    void operator()(Core& core, std::uint64_t ticket, asio::cancellation_type) const {
      core.cancel_receive(ticket);
    }
  };
};

/// Starts async_subscribe or async_unsubscribe.
template <class Core>
class initiate_asio_change : public asio_initiation<Core> {
 public:
  using asio_initiation<Core>::asio_initiation;

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

    void operator()(Core& core, typename Core::change_operation operation) const {
      const std::vector<std::string_view> topics(content_topics.begin(), content_topics.end());
      core.begin_change(std::move(operation), [&](auto& inner) {
        return subscribe ? inner.subscribe(pubsub_topic.view(), topics)
                         : inner.unsubscribe(pubsub_topic.view(), topics);
      });
    }
  };
};

/// Starts async_stop.
template <class Core>
class initiate_asio_stop : public asio_initiation<Core> {
 public:
  using asio_initiation<Core>::asio_initiation;

  template <class Handler>
  void operator()(Handler&& handler) const {
    this->template start<std::error_code>(std::forward<Handler>(handler), begin{});
  }

 private:
  struct begin {
    void operator()(Core& core, typename Core::change_operation operation) const {
      core.begin_stop(std::move(operation));
    }
  };
};

}  // namespace waku::reliability
