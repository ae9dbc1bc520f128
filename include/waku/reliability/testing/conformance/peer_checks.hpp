// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance/request_checks.hpp>

/// Checks of how service peers come, go and misbehave, and of what outlives what.
namespace waku::reliability::testing::conformance {

/// Fails unless an operation ended with this error.
template <class Trial>
bool ends_with(Trial& it, operation_id operation, transport_error wanted) {
  const auto how = it.end_of(operation);
  if (!how) return false;
  const auto* error = std::get_if<transport_error>(&*how);
  if (error != nullptr && *error == wanted) return true;
  it.fail(about_kind(operation.kind(), "ended with " + describe(*how)));
  return false;
}

struct peers_are_told {
  static constexpr check_description about{"peers.appear",
                                           "every service peer is told by peer_appeared(), with the "
                                           "protocols that it serves and its pubsub topics"};

  template <class Trial>
  static void run(Trial& it) {
    if (!it.meet_peers()) return it.fail("not all of the service peers were told");
    for (std::size_t peer = 0; peer < conformance_peers; ++peer) {
      const auto& news = *it.heard().latest(it.fixture().peer(peer));
      const peer_protocols& protocols = news.protocols;
      const auto lacks = [&](bool needed, bool told, std::string_view name) {
        if (needed && !told)
          it.fail("peer " + std::to_string(peer) + " was told without " + std::string(name));
      };
      lacks(Trial::has.lightpush, protocols.lightpush, "lightpush");
      lacks(Trial::has.filter, protocols.filter, "filter");
      lacks(Trial::has.store, protocols.store, "store");
      for (const std::string& topic : it.options().pubsub_topics) {
        const auto& served = news.pubsub_topics;
        if (served.empty() || std::find(served.begin(), served.end(), topic) != served.end()) continue;
        it.fail("peer " + std::to_string(peer) + " was told without the pubsub topic " + topic);
      }
    }
  }
};

struct peers_leave_and_return {
  static constexpr check_description about{
      "peers.leave_and_return",
      "a peer that goes is told by peer_left(); when it is back it appears again under the same number"};

  template <class Trial>
  static void run(Trial& it) {
    const peer_id number = it.fixture().peer(1);
    const auto here = [&] {
      const auto* news = it.heard().latest(number);
      return news != nullptr && news->here;
    };
    if (!it.set_peer(1, peer_state::gone)) return;
    if (!it.wait([&] { return !here(); })) return it.fail("the peer that went was not told by peer_left()");
    if (!it.set_peer(1, peer_state::serving)) return;
    if (it.fixture().peer(1) != number) return it.fail("the peer has another number than before it left");
    if (!it.wait(here)) it.fail("the peer that came back was not told by peer_appeared()");
  }
};

struct connectivity_is_told {
  static constexpr check_description about{
      "peers.connectivity", "when this machine loses its network and gets it back, connectivity() is told"};

  template <class Trial>
  static void run(Trial& it) {
    if constexpr (offline_fixture<std::remove_cvref_t<decltype(it.fixture())>>) {
      for (const bool online : {false, true}) {
        it.fixture().set_online(online);
        const bool told = it.wait(
            [&] { return !it.heard().connectivity().empty() && it.heard().connectivity().back() == online; });
        if (!told) return it.fail(online ? "online again was not told" : "offline was not told");
      }
    } else {
      it.skip("the fixture has no set_online()");
    }
  }
};

struct attach_replaces {
  static constexpr check_description about{"attach.replaces_sink",
                                           "after a second attach() the new sink hears of the peers that are "
                                           "known and of all that follows, the old "
                                           "one hears nothing"};

  template <class Trial>
  static void run(Trial& it) {
    const auto former = it.attach_again();
    const std::size_t told = former->count();
    if (!it.meet_peers()) return it.fail("the new sink was not told of the peers that were known before");
    for (const operation_kind kind : it.kinds()) {
      if (!it.conclude(it.ask(kind, 1), it.good_answer(kind))) return;
    }
    if constexpr (Trial::has.relay) {
      it.transport().relay_join(it.topic());
      it.listen();
      it.fixture().relay(it.topic(), it.carried(it.sample(1)));
      if (!it.wait([&] { return !it.heard().messages().empty(); })) {
        return it.fail("the new sink did not hear a relay message");
      }
    }
    it.listen();
    if (former->count() != told) it.fail("the old sink was still told of something");
  }
};

/// What must be true of a stream that a peer ends in a way of its own.
template <class Trial>
void check_trouble(Trial& it, peer_trouble trouble, transport_error wanted) {
  for (const operation_kind kind : it.kinds()) {
    const operation_id operation = it.ask(kind, 1);
    const auto number = it.arrival(operation);
    if (!number || !it.answer(*number, trouble) || !ends_with(it, operation, wanted)) return;
  }
}

struct error_of_closed_stream {
  static constexpr check_description about{
      "error.closed_stream", "a stream that the peer closes without a byte is the error empty_reply"};

  template <class Trial>
  static void run(Trial& it) {
    check_trouble(it, peer_trouble::close, transport_error::empty_reply);
  }
};

struct error_of_reset_stream {
  static constexpr check_description about{
      "error.reset_stream", "a stream that breaks before the reply is the error connection_lost"};

  template <class Trial>
  static void run(Trial& it) {
    check_trouble(it, peer_trouble::reset, transport_error::connection_lost);
  }
};

struct error_of_garbage {
  static constexpr check_description about{"error.garbage",
                                           "bytes that are no reply are the error undecodable_reply"};

  template <class Trial>
  static void run(Trial& it) {
    check_trouble(it, peer_trouble::garbage, transport_error::undecodable_reply);
  }
};

/// What must be true of requests to a peer that is in some state.
template <class Trial>
void check_state(Trial& it, peer_state state, transport_error wanted) {
  if (!it.set_peer(1, state)) return;
  for (const operation_kind kind : it.kinds()) {
    if (!ends_with(it, it.ask(kind, 1, 1), wanted)) return;
  }
}

struct error_of_unreachable_peer {
  static constexpr check_description about{
      "error.unreachable_peer", "a peer to which no stream can be opened is the error dial_failed"};

  template <class Trial>
  static void run(Trial& it) {
    check_state(it, peer_state::unreachable, transport_error::dial_failed);
  }
};

struct error_of_speechless_peer {
  static constexpr check_description about{
      "error.unsupported_protocol",
      "a peer that does not speak the protocol is the error unsupported_protocol"};

  template <class Trial>
  static void run(Trial& it) {
    check_state(it, peer_state::speechless, transport_error::unsupported_protocol);
  }
};

struct error_of_leaving_peer {
  static constexpr check_description about{
      "error.peer_left", "the operations of a peer that leaves end by an error of the transport"};

  template <class Trial>
  static void run(Trial& it) {
    std::vector<operation_id> operations;
    for (const operation_kind kind : it.kinds()) {
      operations.push_back(it.ask(kind, 1, 1));
      if (!it.arrival(operations.back())) return;
    }
    if (!it.set_peer(1, peer_state::gone)) return;
    for (const operation_id operation : operations) {
      const auto how = it.end_of(operation);
      if (!how) return;
      if (std::holds_alternative<transport_error>(*how)) continue;
      return it.fail(about_kind(operation.kind(), "ended with " + describe(*how)));
    }
  }
};

/// Lets everything happen that the fixture can do to a transport that is not listened to.
template <class Trial>
void stir(Trial& it, std::size_t arrivals_before) {
  for (std::size_t number = arrivals_before; number < it.arrivals().size(); ++number) {
    static_cast<void>(it.fixture().desk().answer(number, it.good_answer(it.arrivals()[number].kind)));
  }
  if constexpr (Trial::has.filter) {
    const std::vector pushed{it.carried(it.sample(1))};
    it.fixture().push(0, it.topic(), pushed);
  }
  if constexpr (Trial::has.relay) it.fixture().relay(it.topic(), it.carried(it.sample(2)));
  if constexpr (peer_changing_fixture<std::remove_cvref_t<decltype(it.fixture())>>) {
    static_cast<void>(it.fixture().set_peer(2, peer_state::gone));
  }
  it.listen();
}

struct node_goes_first {
  static constexpr check_description about{
      "life.node_goes_first",
      "when the node is gone the transport goes on: events are dropped, and the next node finds it in order"};

  template <class Trial>
  static void run(Trial& it) {
    const std::size_t before = it.arrivals().size();
    for (const operation_kind kind : it.kinds()) {
      const operation_id operation = it.ask(kind, 1);
      if (!it.arrival(operation)) return;
      it.cancel(operation);
    }
    it.heard().close();
    stir(it, before);
    it.attach_again();
    for (const operation_kind kind : it.kinds()) {
      if (!it.conclude(it.ask(kind, 2), it.good_answer(kind))) return;
    }
  }
};

struct transport_goes_first {
  static constexpr check_description about{
      "life.transport_goes_first",
      "a transport can be destroyed with operations in flight, and is silent from then on"};

  template <class Trial>
  static void run(Trial& it) {
    const std::size_t before = it.arrivals().size();
    for (const operation_kind kind : it.kinds()) it.ask(kind, 1);
    it.listen();
    for (const operation_kind kind : it.kinds()) it.ask(kind, 2);
    it.destroy_transport();
    const std::size_t told = it.heard().count();
    stir(it, before);
    it.listen(it.options().silence);
    const std::size_t more = it.heard().count() - told;
    if (more != 0) it.fail(std::to_string(more) + " events came from the transport that was destroyed");
  }
};

struct one_strand {
  static constexpr check_description about{
      "life.one_thread",
      "sink and reply handles are used on the thread that runs the transport, on no other"};

  template <class Trial>
  static void run(Trial& it) {
    const std::size_t before = it.arrivals().size();
    for (const operation_kind kind : it.kinds()) it.ask(kind, 1);
    it.listen();
    if (it.heard().heard_on_another_thread()) return it.fail("a reply handle was used on another thread");
    if constexpr (Trial::has.relay) it.transport().relay_join(it.topic());
    stir(it, before);
    if (it.heard().heard_on_another_thread())
      it.fail("the sink or a reply handle was used on another thread");
  }
};

}  // namespace waku::reliability::testing::conformance
