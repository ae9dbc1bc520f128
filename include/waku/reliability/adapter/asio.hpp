// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/strand.hpp>
#include <asio/version.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/asio/core.hpp>
#include <waku/reliability/adapter/asio/initiation.hpp>
#include <waku/reliability/adapter/asio/topic_name.hpp>
#include <waku/reliability/engine/node.hpp>

#if ASIO_VERSION < 102201
#error "waku/reliability/adapter/asio.hpp needs standalone Asio 1.22.1 or newer"
#endif

namespace waku::reliability {

/// A node on an Asio executor: real clocks, one timer, completion tokens.
///
///     asio::io_context context;
///     wr::asio_node<wr::light_client, my_transport, wr::message, wr::openssl_hasher> node(context.get_executor(),
///                                                                                         transport);
///     node.async_publish(topic, message, [](std::error_code error, wr::finished end) { ... });
///
/// **Threads.** Everything happens on one strand: one that is given, or one over the executor that is given.
/// Functions that begin with async_ may be called from any thread, and so may get_executor(). Everything else,
/// construction and destruction too, is for the strand, or for a time when nothing runs on the executor: before
/// its threads start, or after they were joined. To come from another thread:
/// `asio::post(node.get_executor(), asio::use_future([&] { return node.status(request); }))`.
///
/// **The transport** is called on the strand, and calls its sink and its reply handles there, inside its own
/// functions or later. One that works on other threads moves the handle, without copying it, into what it
/// posts to the strand; so it is given the strand at its making: `asio::make_strand(context.get_executor())`,
/// handed to both. It must outlive the node; what it throws becomes a reply.
///
/// **Completion.** Handlers run on their associated executor, or on the strand if they have none; never from
/// inside the function that starts the call, nor from inside the node, so they may do everything, even destroy
/// it. Calls that have not completed count as outstanding work of both executors. They take their memory from
/// the handler's associated allocator, else from Asio's recycling allocator.
///
/// **The end.** async_stop() is the orderly one. Destroying the node cancels what its transport is doing and
/// completes every call that waits with asio::error::operation_aborted. Once an execution context itself is
/// destroyed, handlers that have not run are destroyed uncalled, as always with Asio.
///
/// An observer is a policy: its instance is given to the constructor, and hears everything on the strand, amid
/// the node's work. There it may start async_ calls and must not call the rest. Exceptions of an observer or
/// the hasher leave the function that runs the executor; the node goes on.
template <class Policies, class Transport, class Message, class Hasher,
          class Executor = asio::strand<asio::any_io_executor>>
class asio_node {
  using core_type = asio_core<Policies, Transport, Message, Hasher, Executor>;

 public:
  /// A strand.
  using executor_type = Executor;
  /// As Asio's I/O objects have it, for `asio::use_awaitable_t<>::as_default_on_t<node>` and the like.
  template <class Other>
  struct rebind_executor {
    /// The node on that kind of executor.
    using other = asio_node<Policies, Transport, Message, Hasher, Other>;
  };
  using node_type = typename core_type::node_type;          ///< the node inside
  using observer_type = typename node_type::observer_type;  ///< the observer that the policies name
  using snapshot_type = typename node_type::snapshot_type;  ///< what snapshot() gives
  using received_type = typename core_type::received_type;  ///< what async_receive() gives

  /// `executor` is a strand of executor_type, which is then used, or any executor, over which a strand is made.
  /// `numbers` must be free of errors, see validate().
  template <std::convertible_to<asio::any_io_executor> Given>
  asio_node(const Given& executor, Transport& transport, const options& numbers = {},
            const receive_queue_options& received = {}, observer_type observer = {}, Hasher hasher = {})
      : core_(std::make_shared<core_type>(strand_over(executor), received, std::move(hasher))) {
    core_->open(transport, numbers, std::move(observer));
  }
  asio_node(const asio_node&) = delete;
  asio_node& operator=(const asio_node&) = delete;
  ~asio_node() { core_->close(); }

  /// The strand.
  [[nodiscard]] executor_type get_executor() const noexcept { return core_->strand(); }

  // For any thread.

  /// Publishes a message, and completes with its outcome: void(std::error_code, finished).
  /// * no error: accepted, and `finished` holds the verdict confirmed, unconfirmed or failed;
  /// * operation_aborted: accepted, then cancelled: by the slot, cancel(), async_stop() or the node's end;
  /// * an errc of node::publish(): refused, nothing was sent, and `finished` says no more than that
  ///   (`cancelled`, no hash).
  /// A cancellation slot of type terminal or partial drops the message as cancel() does, though it may already
  /// be out; one of type total drops it only while nothing has left.
  template <asio::completion_token_for<void(std::error_code, finished)> Token =
                asio::default_completion_token_t<executor_type>>
  auto async_publish(std::string_view pubsub_topic, Message message, Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code, finished)>(
        initiate_asio_publish<core_type, Message>(core_), token, topic_name(pubsub_topic),
        std::move(message));
  }

  /// Receives these content topics of a pubsub topic from now on: void(std::error_code). Completes once that is
  /// recorded, or refused with an errc of node::subscribe(); the filter nodes answer later. (g++ 12 takes no
  /// braced list of topics inside co_await: give the list a name.)
  template <asio::completion_token_for<void(std::error_code)> Token =
                asio::default_completion_token_t<executor_type>>
  auto async_subscribe(std::string_view pubsub_topic, std::vector<std::string> content_topics,
                       Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code)>(initiate_asio_change<core_type>(core_), token,
                                                              true, topic_name(pubsub_topic),
                                                              std::move(content_topics));
  }
  /// Receives these content topics no more: void(std::error_code). Unknown ones are ignored.
  template <asio::completion_token_for<void(std::error_code)> Token =
                asio::default_completion_token_t<executor_type>>
  auto async_unsubscribe(std::string_view pubsub_topic, std::vector<std::string> content_topics,
                         Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code)>(initiate_asio_change<core_type>(core_), token,
                                                              false, topic_name(pubsub_topic),
                                                              std::move(content_topics));
  }

  /// Gives the next message that was received: void(std::error_code, received_message<Message>). Messages wait
  /// in a bounded queue meanwhile, see receive_queue_options. Several calls are served in order. After
  /// async_stop() the queue is emptied, then calls complete with errc::stopped. A cancellation slot of any type
  /// ends the call with operation_aborted, and loses no message.
  template <asio::completion_token_for<void(std::error_code, received_type)> Token =
                asio::default_completion_token_t<executor_type>>
  auto async_receive(Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code, received_type)>(
        initiate_asio_receive<core_type>(core_), token);
  }

  /// Gives every pending message the outcome `cancelled`, ends what the transport is doing, then completes
  /// without error: void(std::error_code). Calls that wait complete before it: publishing with
  /// operation_aborted, receiving with errc::stopped. From then on the node keeps no timer, and refuses with
  /// errc::stopped. For a later restart take snapshot() before.
  template <asio::completion_token_for<void(std::error_code)> Token =
                asio::default_completion_token_t<executor_type>>
  auto async_stop(Token&& token = {}) {
    return asio::async_initiate<Token, void(std::error_code)>(initiate_asio_stop<core_type>(core_), token);
  }

  // For the strand.

  /// As async_publish, but the outcome comes to the listener's on_finished. Refuses as node::publish() does.
  result<request_id> publish(std::string_view pubsub_topic, Message message) {
    return core_->with_node(
        [&](node_type& inner) { return inner.publish(pubsub_topic, std::move(message)); });
  }
  /// As async_subscribe, done when it returns. Refuses as node::subscribe() does.
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics) {
    return core_->with_node([&](node_type& inner) { return inner.subscribe(pubsub_topic, content_topics); });
  }
  /// The same for topics in braces: subscribe(pubsub_topic, {"/chat/1/room/proto"}).
  result<void> subscribe(std::string_view pubsub_topic,
                         std::initializer_list<std::string_view> content_topics) {
    return subscribe(pubsub_topic, {content_topics.begin(), content_topics.size()});
  }
  /// The same for topics that are strings, in a std::vector<std::string> for example.
  result<void> subscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics) {
    return core_->with_node([&](node_type& inner) { return inner.subscribe(pubsub_topic, content_topics); });
  }
  /// As async_unsubscribe, done when it returns. Refuses with stopped.
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string_view> content_topics) {
    return core_->with_node(
        [&](node_type& inner) { return inner.unsubscribe(pubsub_topic, content_topics); });
  }
  /// The same for topics in braces.
  result<void> unsubscribe(std::string_view pubsub_topic,
                           std::initializer_list<std::string_view> content_topics) {
    return unsubscribe(pubsub_topic, {content_topics.begin(), content_topics.size()});
  }
  /// The same for topics that are strings.
  result<void> unsubscribe(std::string_view pubsub_topic, std::span<const std::string> content_topics) {
    return core_->with_node(
        [&](node_type& inner) { return inner.unsubscribe(pubsub_topic, content_topics); });
  }
  /// Drops a pending message, whoever published it. Refuses with unknown_request when it has its outcome
  /// already.
  result<void> cancel(request_id request) {
    return core_->with_node([&](node_type& inner) { return inner.cancel(request); });
  }
  /// Starts no request until resume(): for an application in the background. Requests to filter nodes are
  /// given up; transmissions and store queries that are under way go on to their end. Deadlines of messages
  /// run on.
  void pause() {
    core_->with_node([](node_type& inner) { inner.pause(); });
  }
  /// Ends a pause(): subscribes again, sends what waited, and fetches what was missed, as after an outage.
  void resume() {
    core_->with_node([](node_type& inner) { inner.resume(); });
  }
  /// Changes the numbers of the running node. Returns every error, and changes nothing if there is one: the
  /// three that are fixed at construction are named in policy/options.hpp.
  std::vector<option_error> reconfigure(const options& numbers) {
    return core_->with_node([&](node_type& inner) { return inner.reconfigure(numbers); });
  }
  /// Where a request stands; nothing once it has its outcome.
  [[nodiscard]] std::optional<request_status> status(request_id request) const {
    return core_->with_node([&](node_type& inner) { return inner.status(request); });
  }
  /// What must outlive a restart, but for received messages that nobody has asked for.
  [[nodiscard]] snapshot_type snapshot() const {
    return core_->with_node([](node_type& inner) { return inner.snapshot(); });
  }
  /// Continues where a snapshot was taken; only before any other call. Outcomes of messages that it brings
  /// back come to the listener's on_finished. Refuses with not_empty, or with buffer_full when the snapshot has
  /// more messages than options.outgoing.messages_max.
  result<void> restore(snapshot_type given) {
    return core_->with_node([&](node_type& inner) { return inner.restore(std::move(given)); });
  }
  /// Replaces the listener, of which there is one.
  void listen(asio_node_listener listener) { core_->listen(std::move(listener)); }

  /// The numbers in force.
  [[nodiscard]] const options& numbers() const {
    return core_->with_node([](node_type& inner) -> const options& { return inner.numbers(); });
  }
  /// The node's own instance of the observer.
  [[nodiscard]] observer_type& observer() {
    return core_->with_node([](node_type& inner) -> observer_type& { return inner.observer(); });
  }
  /// Messages without an outcome.
  [[nodiscard]] std::size_t pending() const {
    return core_->with_node([](node_type& inner) { return inner.pending(); });
  }
  /// Operations of the transport that have not ended.
  [[nodiscard]] std::size_t operations() const {
    return core_->with_node([](node_type& inner) { return inner.operations(); });
  }
  /// Received messages that nobody has asked for yet.
  [[nodiscard]] std::size_t waiting_messages() const noexcept { return core_->queue().size(); }
  /// Received messages that a full queue lost so far.
  [[nodiscard]] std::uint64_t dropped_messages() const noexcept { return core_->queue().dropped(); }

 private:
  template <class Given>
  static Executor strand_over(const Given& executor) {
    if constexpr (std::convertible_to<const Given&, Executor>) {
      return executor;
    } else if constexpr (std::constructible_from<Executor, const Given&>) {
      return Executor(executor);
    } else {
      return Executor(asio::strand<asio::any_io_executor>(asio::any_io_executor(executor)));
    }
  }

  std::shared_ptr<core_type> core_;
};

}  // namespace waku::reliability
