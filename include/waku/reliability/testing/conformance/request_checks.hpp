// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/testing/conformance/trial.hpp>

/// Checks of what holds for every request, whatever its protocol.
namespace waku::reliability::testing::conformance {

/// Names the kind of request that a finding is about.
[[nodiscard]] inline std::string about_kind(operation_kind kind, std::string_view finding) {
  return std::string(name_of(kind)) + ": " + std::string(finding);
}

struct request_reaches_its_peer {
  static constexpr check_description about{
      "request.reaches_its_peer", "a request arrives once, at the peer that it names and at no other"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      const std::size_t before = it.arrivals().size();
      const auto number = it.arrival(it.ask(kind, 1, 1));
      if (!number) return;
      it.listen();
      const std::size_t arrived = it.arrivals().size() - before;
      if (arrived != 1) it.fail(about_kind(kind, "arrived " + std::to_string(arrived) + " times"));
      const std::size_t peer = it.arrivals()[*number].peer;
      if (peer != 1) it.fail(about_kind(kind, "meant for peer 1, arrived at peer " + std::to_string(peer)));
    }
  }
};

struct request_returns_at_once {
  static constexpr check_description about{
      "request.returns_at_once",
      "a request function starts the work and returns, without waiting for a peer"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      it.ask(kind, 1);
      if (it.longest_call() <= it.options().at_once) continue;
      const auto milliseconds = it.longest_call() / std::chrono::milliseconds(1);
      return it.fail(about_kind(kind, "the call took " + std::to_string(milliseconds) + " ms"));
    }
  }
};

struct request_throws_nothing {
  static constexpr check_description about{
      "request.throws_nothing",
      "no function of the transport throws, also for a peer that cannot be reached"};

  template <class Trial>
  static void run(Trial& it) {
    const auto ask_everything = [&it] {
      for (const operation_kind kind : it.kinds()) it.cancel(it.ask(kind, 1));
      for (const operation_kind kind : it.kinds()) it.ask(kind, 2);
      it.listen();
      it.cancel_all();
    };
    if constexpr (Trial::has.relay) {
      it.transport().relay_leave(it.topic());
      it.relay_publish(it.sample(1));
      it.transport().relay_join(it.topic());
      it.transport().relay_join(it.topic());
      it.relay_publish(it.sample(2));
    }
    ask_everything();
    if constexpr (disconnecting_transport<typename Trial::transport_type>) {
      it.transport().disconnect(it.fixture().peer(2));
    }
    if constexpr (peer_changing_fixture<std::remove_cvref_t<decltype(it.fixture())>>) {
      for (const peer_state state : {peer_state::unreachable, peer_state::speechless, peer_state::gone}) {
        if (it.fixture().set_peer(0, state)) ask_everything();
      }
    }
  }
};

struct reply_exactly_once {
  static constexpr check_description about{
      "reply.exactly_once", "every operation ends once, also when a peer sends its reply twice"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      const operation_id operation = it.ask(kind, 1);
      const auto number = it.arrival(operation);
      if (!number || !it.answer(*number, it.good_answer(kind)) || !it.end_of(operation)) return;
      // A fixture that cannot send a second frame has nothing more to show here.
      static_cast<void>(it.fixture().desk().answer(*number, it.good_answer(kind)));
      it.listen();
      const std::size_t ends = it.heard().ends_of(operation).size();
      if (ends != 1) return it.fail(about_kind(kind, "ended " + std::to_string(ends) + " times"));
    }
    for (const auto& each : it.heard().ends()) {
      if (!it.knows(each.operation)) {
        return it.fail("operation " + std::to_string(each.operation.value()) +
                       ", which nobody started, ended with " + describe(each.how));
      }
    }
  }
};

struct reply_frees_the_stream {
  static constexpr check_description about{
      "reply.frees_stream", "hundreds of requests to one peer, one after another, all get their replies"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      for (std::uint32_t each = 0; each < it.options().many; ++each) {
        if (!it.conclude(it.ask(kind, 1), it.good_answer(kind))) return;
      }
    }
  }
};

struct reply_of_the_right_operation {
  static constexpr check_description about{
      "reply.right_operation", "of several operations in flight each gets its own reply, in any order"};

  template <class Trial>
  static void run(Trial& it) {
    constexpr std::uint32_t statuses[] = {200, 400, 404, 429, 500, 503};
    for (const operation_kind kind : it.kinds()) {
      // Two pings at one peer cannot be told apart by the peer.
      const std::uint32_t count = kind == operation_kind::filter_ping ? conformance_peers : 6;
      std::vector<operation_id> operations;
      std::vector<std::size_t> numbers;
      for (std::uint32_t each = 0; each < count; ++each) {
        operations.push_back(it.ask(kind, each, each % conformance_peers));
      }
      for (const operation_id operation : operations) {
        const auto number = it.arrival(operation);
        if (!number) return;
        numbers.push_back(*number);
      }
      for (std::uint32_t each = count; each-- > 0;) {
        if (!it.answer(numbers[each], it.answer_of(kind, statuses[each]))) return;
      }
      for (std::uint32_t each = 0; each < count; ++each) {
        const auto how = it.end_of(operations[each]);
        if (!how) return;
        if (status_of(*how) == statuses[each]) continue;
        return it.fail(about_kind(kind, "the operation answered with status " +
                                            std::to_string(statuses[each]) + " ended with " +
                                            describe(*how)));
      }
    }
  }
};

struct reply_keeps_status {
  static constexpr check_description about{
      "reply.status", "a reply carries the peer's status code as it is, known or not, good or bad"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      for (const std::uint32_t status : {200U, 300U, 400U, 404U, 418U, 420U, 429U, 500U, 503U, 504U, 505U}) {
        const auto how = it.conclude(it.ask(kind, 1), it.answer_of(kind, status));
        if (!how) return;
        if (status_of(*how) == status) continue;
        return it.fail(about_kind(kind, "the peer answered " + std::to_string(status) +
                                            ", the operation ended with " + describe(*how)));
      }
    }
  }
};

struct reply_waits_for_the_peer {
  static constexpr check_description about{
      "reply.waits_for_peer",
      "while a peer is silent the operation stays open, or ends with the error timeout after a while"};

  template <class Trial>
  static void run(Trial& it) {
    std::vector<operation_id> operations;
    for (const operation_kind kind : it.kinds()) operations.push_back(it.ask(kind, 1));
    it.listen(it.options().silence);
    for (const operation_id operation : operations) {
      for (const auto& how : it.heard().ends_of(operation)) {
        const auto* error = std::get_if<transport_error>(&how);
        if (error != nullptr && *error == transport_error::timeout) continue;
        return it.fail(about_kind(operation.kind(), "ended with " + describe(how)));
      }
    }
  }
};

struct cancel_of_nothing {
  static constexpr check_description about{
      "cancel.unknown_operation", "cancel() of an operation that never was or has ended does nothing"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      it.cancel(operation_id{});
      it.cancel(operation_id(kind, 4'711, 4'711));
      const operation_id former = it.ask(kind, 1);
      if (!it.conclude(former, it.good_answer(kind))) return;
      const operation_id pending = it.ask(kind, 2);
      it.cancel(former);
      it.cancel(former);
      it.cancel(operation_id(kind, pending.slot(), 4'711));
      if (!it.conclude(pending, it.good_answer(kind))) return;
      if (it.heard().ends_of(former).size() != 1) {
        return it.fail(about_kind(kind, "an operation ended again when it was cancelled after its end"));
      }
    }
  }
};

struct cancel_of_one {
  static constexpr check_description about{
      "cancel.spares_others",
      "cancel() ends one operation; others, also to the same peer, get their replies"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      const std::size_t second_peer = kind == operation_kind::filter_ping ? 1 : 0;
      const operation_id dropped = it.ask(kind, 0);
      const operation_id kept = it.ask(kind, 1, second_peer);
      const auto first = it.arrival(dropped);
      const auto second = it.arrival(kept);
      if (!first || !second) return;
      it.cancel(dropped);
      // The peer knows of no cancel; what comes back is dropped by the transport, or else by the node.
      static_cast<void>(it.fixture().desk().answer(*first, it.answer_of(kind, 500)));
      if (!it.answer(*second, it.good_answer(kind))) return;
      const auto how = it.end_of(kept);
      if (!how) return;
      if (status_of(*how) != 200) return it.fail(about_kind(kind, "the other ended with " + describe(*how)));
    }
  }
};

struct cancel_gives_back {
  static constexpr check_description about{
      "cancel.releases_message",
      "after cancel() the request's message and pubsub topic are not read any more"};

  template <class Trial>
  static void run(Trial& it) {
    const std::size_t before = it.arrivals().size();
    operation_id operation;
    if constexpr (Trial::has.lightpush) {
      operation = it.lightpush(it.sample(1));
    } else {
      operation = it.relay_publish(it.sample(1));
    }
    it.cancel(operation);
    it.spoil_message(operation);
    it.listen();
    for (std::size_t number = before; number < it.arrivals().size(); ++number) {
      if (it.is_spoiled(it.arrivals()[number])) return it.fail("the request was written after cancel()");
    }
  }
};

struct cancel_frees_the_stream {
  static constexpr check_description about{
      "cancel.frees_stream",
      "hundreds of cancelled requests leave nothing behind: the next one gets its reply"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      for (std::uint32_t each = 0; each < it.options().many; ++each) {
        const operation_id operation = it.ask(kind, 1);
        if (each % 2 == 0 && !it.arrival(operation)) return;
        it.cancel(operation);
      }
      it.listen();
      if (!it.conclude(it.ask(kind, 2), it.good_answer(kind))) return;
    }
  }
};

struct views_are_copied {
  static constexpr check_description about{
      "request.copies_views",
      "content topics, hashes and cursor are read during the call only: they are gone when it returns"};

  template <class Trial>
  static void run(Trial& it) {
    for (const operation_kind kind : it.kinds()) {
      if (kind == operation_kind::lightpush || kind == operation_kind::filter_ping) continue;
      const operation_id operation = it.ask(kind, 1);
      it.spoil_call_views(operation);
      const auto number = it.arrival(operation);
      if (!number) return;
      const auto& topics = it.arrivals()[*number].content_topics;
      if (topics != std::vector<std::string>{it.content_topic(1)}) {
        return it.fail(about_kind(kind, "the content topics were read after the call had returned"));
      }
    }
    if constexpr (Trial::has.store) {
      message_hash wanted;
      wanted.bytes.fill(std::byte{9});
      const store_cursor page(message_hash::size, std::byte{7});
      store_request asked;
      asked.hashes = {&wanted, 1};
      asked.cursor = page;
      const operation_id operation = it.store_query(asked, 9, 0);
      it.spoil_call_views(operation);
      const auto number = it.arrival(operation);
      if (!number) return;
      if (it.arrivals()[*number].hashes != std::vector<message_hash>{wanted}) {
        return it.fail("store_query: the hashes were read after the call had returned");
      }
      if (it.arrivals()[*number].cursor != page) {
        return it.fail("store_query: the cursor was read after the call had returned");
      }
    }
  }
};

}  // namespace waku::reliability::testing::conformance
