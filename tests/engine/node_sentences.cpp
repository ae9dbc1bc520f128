// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/node_sentences.hpp>

#include <doctest/doctest.h>

#include <engine/publishing.hpp>

namespace node_sentences_tests {

using namespace publishing;
using wr::node_flaw;

namespace {

using transport = wt::mock_transport<>;
using host = wt::test_host<>;
struct sound : wr::policies<> {};

struct no_message {
  int payload = 0;
};
struct cannot_attach {
  void cancel(wr::operation_id) {}
};
struct cannot_cancel {
  void attach(wr::event_sink<wr::message>) {}
};
struct live_transport {
  static constexpr bool live_network = true;
  void attach(wr::event_sink<wr::message>) {}
  void cancel(wr::operation_id) {}
  void lightpush(const wr::lightpush_request<wr::message>&,
                 wr::reply_handle<wr::message, wr::lightpush_reply>) {}
};
struct claims_to_be_no_live_one : live_transport {
  static constexpr bool live_network = false;
};

/// A hasher that says it computes what the network does.
struct claimed_hasher : wt::fast_hasher {
  static constexpr bool deterministic_message_hash = true;
};
using real_host = wt::test_host<wr::message, claimed_hasher>;

struct host_without_hasher {
  wr::instant now() { return {}; }
  void wake_at(wr::steady_time) {}
  void received(wr::deliver<wr::message>&&) {}
  void finished(const wr::finished&) {}
  void propagated(const wr::propagated&) {}
};
struct gives_hasher_away {
  wt::fast_hasher hasher() { return {}; }
};
class deaf_host {
 public:
  wr::instant now() { return {}; }
  void wake_at(wr::steady_time) {}
  wt::fast_hasher& hasher() { return hasher_; }

 private:
  wt::fast_hasher hasher_;
};

struct twice : wr::policies<wr::redundant, wr::single> {};
struct no_rounds : wr::policies<wr::store_audit, wr::no_recovery> {};

template <class Policies, class Transport = transport, class Message = wr::message, class Host = host>
constexpr node_flaw flaw = wr::node_flaw_of<Policies, Transport, Message, Host>;

}  // namespace

TEST_CASE("types that fit together have no flaw") {
  CHECK(flaw<sound> == node_flaw::none);
  CHECK(wr::fit_together<wr::light_client, transport, wr::message, host>);
  CHECK(flaw<sound, live_transport, wr::message, real_host> == node_flaw::none);
}

TEST_CASE("each type that does not fit is named, the first of several") {
  CHECK(flaw<sound, transport, no_message> == node_flaw::message);
  CHECK(flaw<sound, cannot_attach> == node_flaw::transport);
  CHECK(flaw<sound, cannot_cancel> == node_flaw::transport);
  CHECK(flaw<sound, transport, wr::message, host_without_hasher> == node_flaw::hasher);
  CHECK(flaw<sound, transport, wr::message, deaf_host> == node_flaw::host);
  CHECK(flaw<int> == node_flaw::policies);
  CHECK(flaw<twice> == node_flaw::policies);
  CHECK(flaw<no_rounds> == node_flaw::policies);
  CHECK(flaw<twice, cannot_attach, no_message, deaf_host> == node_flaw::message);
  CHECK_FALSE(wr::fit_together<twice, transport, wr::message, host>);
}

TEST_CASE("a live transport refuses a stand-in hash, and only that one does") {
  CHECK(wr::is_live<live_transport>);
  CHECK_FALSE(wr::is_live<transport>);
  CHECK_FALSE(wr::is_live<claims_to_be_no_live_one>);
  CHECK(flaw<sound, live_transport> == node_flaw::stand_in_hasher);
  CHECK(flaw<sound, claims_to_be_no_live_one> == node_flaw::none);
  CHECK_FALSE(wr::hashes_fit<live_transport, host>);
  CHECK(wr::hashes_fit<live_transport, real_host>);
}

TEST_CASE("a host lends its hasher by reference, or is said not to") {
  CHECK(wr::lends_hasher<host>);
  CHECK(wr::lends_hasher<deaf_host>);
  CHECK_FALSE(wr::lends_hasher<gives_hasher_away>);
  CHECK_FALSE(wr::lends_hasher<host_without_hasher>);
  CHECK_FALSE(wr::lends_hasher<int>);
}

}  // namespace node_sentences_tests
