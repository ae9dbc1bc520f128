// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/policy/policies.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>
#include <waku/reliability/policy/retransmit/no_retransmit.hpp>
#include <waku/reliability/policy/subscription/unattended_subscription.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/mock_transport.hpp>

/// What the tests of the Asio node share: a transport that answers before its functions return, and messages.
namespace bench {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

inline constexpr std::string_view topic = "/waku/2/rs/16/32";
inline constexpr std::string_view content_topic = "/test/1/chat/proto";
inline constexpr wr::peer_id first_peer{1};

using client_transport = wt::mock_transport<wr::message, wr::capability_set{false, true, true, true}>;

/// Every message once to one node, and what that node says is the outcome.
struct plain_client
    : wr::policies<wr::lightpush_only, wr::filter_only, wr::single, wr::plain_pool, wr::no_retransmit,
                   wr::accepted_is_enough, wr::no_recovery, wr::unattended_subscription> {};

template <class Policies = plain_client, class Executor = asio::strand<asio::any_io_executor>>
using node_for = wr::asio_node<Policies, client_transport, wr::message, wt::fast_hasher, Executor>;
using plain_node = node_for<>;

inline wr::message make_message(std::string_view text) {
  wr::message made;
  for (const char letter : text) made.payload.push_back(static_cast<std::byte>(letter));
  made.content_topic = content_topic;
  return made;
}
inline std::string text_of(const wr::message& message) {
  std::string text;
  for (const std::byte letter : message.payload) text += static_cast<char>(letter);
  return text;
}

/// A transport by script that needs no clock, since every answer comes at once.
struct prompt_transport {
  prompt_transport() {
    for (const auto kind : {wr::operation_kind::lightpush, wr::operation_kind::filter_subscribe,
                            wr::operation_kind::filter_unsubscribe, wr::operation_kind::store_query}) {
      inner.otherwise(kind).at_once();
    }
  }
  /// From now on pushes are answered by nobody.
  void hold_pushes() { inner.otherwise(wr::operation_kind::lightpush).hold(); }
  /// What a filter node sends us.
  void push(wr::message message) const { inner.sink().filter_push(first_peer, topic, std::move(message)); }

  wt::virtual_clock clock;
  client_transport inner{clock};
};

/// Runs what is ready, and what that leads to.
inline std::size_t run_ready(asio::io_context& context) {
  context.restart();
  const std::size_t ran = context.poll();
  context.restart();  // poll() stops a context that has nothing left to wait for
  return ran;
}
/// Runs the context until `done` says so; a test that would wait for ever fails.
template <class Done>
void run_until(asio::io_context& context, Done done) {
  while (!done()) {
    context.restart();
    REQUIRE(context.run_one_for(std::chrono::seconds(60)) == 1);
  }
}

}  // namespace bench
