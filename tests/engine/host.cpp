// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/host.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <engine/publishing.hpp>

namespace host_tests {

using namespace publishing;

namespace {

/// The least that a host can be, written by hand: a clock that the test sets, and a list of words.
class bare_host {
 public:
  [[nodiscard]] wr::instant now() const { return time; }
  void wake_at(wr::steady_time at) { wake = at; }
  wt::fast_hasher& hasher() { return hasher_; }
  void received(wr::deliver<wr::message>&&) { told.emplace_back("received"); }
  void finished(const wr::finished&) { told.emplace_back("finished"); }
  void propagated(const wr::propagated&) { told.emplace_back("propagated"); }

  wr::instant time{wr::steady_time(5s), wt::virtual_clock::usual_start};
  std::optional<wr::steady_time> wake;
  std::vector<std::string> told;

 private:
  wt::fast_hasher hasher_;
};

struct without_time : bare_host {
  void now() const {}
};
struct without_wake_up : bare_host {
  void wake_at(int) = delete;
  void wake_at(wr::steady_time) = delete;
};
struct without_hasher : bare_host {
  int hasher() { return 0; }
};
struct with_passing_hasher : bare_host {
  wt::fast_hasher hasher() { return {}; }
};
struct deaf_to_outcomes : bare_host {
  void finished(const wr::finished&) = delete;
};
struct of_another_message {};

}  // namespace

TEST_CASE("a host is now, wake_at, a hasher and three ears; persist() is asked for only where it is") {
  CHECK(wr::node_host<bare_host, wr::message>);
  CHECK_FALSE(wr::persisting_host<bare_host>);
  CHECK(wr::node_host<wt::test_host<>, wr::message>);
  CHECK(wr::persisting_host<wt::test_host<>>);
}

TEST_CASE("what lacks one of them is no host") {
  CHECK_FALSE(wr::node_host<without_time, wr::message>);
  CHECK_FALSE(wr::node_host<without_wake_up, wr::message>);
  CHECK_FALSE(wr::node_host<without_hasher, wr::message>);
  CHECK_FALSE(wr::node_host<with_passing_hasher, wr::message>);
  CHECK_FALSE(wr::node_host<deaf_to_outcomes, wr::message>);
  CHECK_FALSE(wr::node_host<bare_host, of_another_message>);
  CHECK_FALSE(wr::node_host<int, wr::message>);
}

TEST_CASE("a node needs no more of its host: it asks to be woken, and tells in wake()") {
  wt::virtual_clock clock;
  wt::mock_transport<> transport(clock);
  bare_host host;
  wr::node<accepted_client, wt::mock_transport<>, wr::message, bare_host> node(transport, host,
                                                                               exact_times());
  transport.expect(operation_kind::lightpush).at_once();
  transport.sink().peer_appeared(peer(1), pushes_only);
  CHECK(host.wake == host.time.steady);
  host.wake.reset();
  node.wake();
  CHECK_FALSE(host.wake);  // nothing to do, nothing to wait for

  wr::message made;
  made.payload.assign(3, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  REQUIRE(node.publish("/waku/2/rs/1/0", made));
  CHECK(host.wake == host.time.steady);
  CHECK(host.told.empty());
  CHECK(transport.requests().empty());
  node.wake();
  CHECK(transport.count(operation_kind::lightpush) == 1);
  CHECK(host.told == std::vector<std::string>{"propagated", "finished"});
}

TEST_CASE("after each wake() the host is asked for the next deadline") {
  wt::virtual_clock clock;
  wt::mock_transport<> transport(clock);
  bare_host host;
  wr::node<accepted_client, wt::mock_transport<>, wr::message, bare_host> node(transport, host,
                                                                               exact_times());
  transport.otherwise(operation_kind::lightpush).hold();
  transport.sink().peer_appeared(peer(1), pushes_only);
  node.wake();
  wr::message made;
  made.payload.assign(3, std::byte{1});
  made.content_topic = "/test/1/chat/proto";
  REQUIRE(node.publish("/waku/2/rs/1/0", made));
  node.wake();
  CHECK(host.wake == host.time.steady + 10s);  // the push's timeout
  // Woken early it does nothing but ask again; woken late it acts.
  host.wake.reset();
  host.time = host.time + 4s;
  node.wake();
  CHECK(host.wake == host.time.steady + 6s);
  CHECK(transport.cancels().empty());
  host.time = host.time + 20s;
  node.wake();
  CHECK(transport.cancels().size() == 1);
}

}  // namespace host_tests
