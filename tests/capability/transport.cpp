// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/capability/transport.hpp>

#include <string_view>

#include <doctest/doctest.h>

#include <waku/reliability/core/message.hpp>

namespace transport_tests {

namespace wr = waku::reliability;

namespace {

using message = wr::message;
template <class Reply>
using handle = wr::reply_handle<message, Reply>;

// A transport of the user's own, grown by one protocol at a time.
struct bare_transport {
  void attach(wr::event_sink<message> /*sink*/) {}
  void cancel(wr::operation_id /*operation*/) {}
};
struct relaying : bare_transport {
  void relay_publish(const wr::relay_request<message>& /*request*/, handle<wr::relay_reply> /*reply*/) {}
  void relay_join(std::string_view /*pubsub_topic*/) {}
  void relay_leave(std::string_view /*pubsub_topic*/) {}
};
struct pushing : bare_transport {
  void lightpush(const wr::lightpush_request<message>& /*request*/, handle<wr::lightpush_reply> /*reply*/) {}
};
struct filtering : bare_transport {
  void filter_subscribe(const wr::filter_subscribe_request& /*request*/, handle<wr::filter_reply> /*reply*/) {
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& /*request*/,
                          handle<wr::filter_reply> /*reply*/) {}
  void filter_ping(const wr::filter_ping_request& /*request*/, handle<wr::filter_reply> /*reply*/) {}
};
struct storing : bare_transport {
  void store_query(const wr::store_request& /*request*/, handle<wr::store_reply<message>> /*reply*/) {}
};
struct hanging_up : bare_transport {
  void disconnect(wr::peer_id /*peer*/) {}
};

struct without_cancel {
  void attach(wr::event_sink<message> /*sink*/) {}
};
struct relaying_without_topics : bare_transport {
  void relay_publish(const wr::relay_request<message>& /*request*/, handle<wr::relay_reply> /*reply*/) {}
};
struct filtering_without_ping : bare_transport {
  void filter_subscribe(const wr::filter_subscribe_request& /*request*/, handle<wr::filter_reply> /*reply*/) {
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request& /*request*/,
                          handle<wr::filter_reply> /*reply*/) {}
};
// The call is tested, not the member's address: overloads and templates will do.
struct overloaded : bare_transport {
  void lightpush(int /*unrelated*/) {}
  template <class Request, class Reply>
  void lightpush(const Request& /*request*/, Reply&& /*reply*/) {}
};
struct wrong_reply : bare_transport {
  void lightpush(const wr::lightpush_request<message>& /*request*/, handle<wr::filter_reply> /*reply*/) {}
};

}  // namespace

TEST_CASE("a transport keeps the sink and can end an operation") {
  CHECK(wr::transport<bare_transport, message>);
  CHECK_FALSE(wr::transport<without_cancel, message>);
  CHECK_FALSE(wr::transport<int, message>);
}

TEST_CASE("each protocol is found by itself") {
  CHECK(wr::capabilities_of<bare_transport, message> == wr::capability_set{});
  CHECK(wr::capabilities_of<relaying, message> == wr::capability_set{.relay = true});
  CHECK(wr::capabilities_of<pushing, message> == wr::capability_set{.lightpush = true});
  CHECK(wr::capabilities_of<filtering, message> == wr::capability_set{.filter = true});
  CHECK(wr::capabilities_of<storing, message> == wr::capability_set{.store = true});
}

TEST_CASE("half a protocol is none") {
  CHECK_FALSE(wr::relay_transport<relaying_without_topics, message>);
  CHECK_FALSE(wr::filter_transport<filtering_without_ping, message>);
  CHECK_FALSE(wr::lightpush_transport<wrong_reply, message>);
}

TEST_CASE("overloaded and generic functions are found too") {
  CHECK(wr::lightpush_transport<overloaded, message>);
}

TEST_CASE("a protocol for one message type is none for another") {
  struct other_message : message {};
  CHECK_FALSE(wr::lightpush_transport<pushing, other_message>);
  CHECK_FALSE(wr::store_transport<storing, other_message>);
}

TEST_CASE("closing connections is a capability of its own") {
  CHECK(wr::disconnecting_transport<hanging_up>);
  CHECK_FALSE(wr::disconnecting_transport<bare_transport>);
}

TEST_CASE("capabilities cover a need only if every protocol of it is there") {
  const bool choices[] = {false, true};
  for (const bool relay : choices) {
    for (const bool lightpush : choices) {
      for (const bool filter : choices) {
        for (const bool store : choices) {
          const wr::capability_set has{relay, lightpush, filter, store};
          CHECK(has.covers({}));
          CHECK(wr::all_capabilities.covers(has));
          CHECK(has.covers(has));
          CHECK(has.covers({.relay = true}) == relay);
          CHECK(has.covers({.lightpush = true}) == lightpush);
          CHECK(has.covers({.filter = true}) == filter);
          CHECK(has.covers({.store = true}) == store);
          CHECK(has.covers({.relay = true, .store = true}) == (relay && store));
          CHECK(has.covers(wr::all_capabilities) == (has == wr::all_capabilities));
        }
      }
    }
  }
}

}  // namespace transport_tests
