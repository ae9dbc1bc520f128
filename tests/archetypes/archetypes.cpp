// SPDX-License-Identifier: Apache-2.0 OR MIT
// The concepts are met by types that have only what they ask for, and the library needs no more of them.
#include <concepts>
#include <string_view>

#include <doctest/doctest.h>

#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/preset.hpp>

#include "archetypes/host.hpp"
#include "archetypes/transports.hpp"

namespace wr = waku::reliability;
using archetypes::message;

namespace {

static_assert(wr::waku_message<message>);
static_assert(!std::copyable<message>);
static_assert(wr::message_hasher<archetypes::hasher>);
static_assert(!std::movable<archetypes::hasher>);
static_assert(wr::node_host<archetypes::host, message>);
static_assert(!wr::persisting_host<archetypes::host>);

// The node keeps a reference to the hasher, so one that is made on the spot will not do.
struct host_with_passing_hasher : archetypes::host {
  archetypes::hasher hasher() { return {}; }
};
static_assert(!wr::node_host<host_with_passing_hasher, message>);
static_assert(!wr::lends_hasher<host_with_passing_hasher>);

template <template <class> class Transport>
constexpr wr::capability_set has = wr::capabilities_of<Transport<message>, message>;

static_assert(wr::transport<archetypes::bare_transport<message>, message>);
static_assert(has<archetypes::bare_transport> == wr::capability_set{});
static_assert(has<archetypes::relay_transport> == wr::capability_set{.relay = true});
static_assert(has<archetypes::lightpush_transport> == wr::capability_set{.lightpush = true});
static_assert(has<archetypes::filter_transport> == wr::capability_set{.filter = true});
static_assert(has<archetypes::store_transport> == wr::capability_set{.store = true});
static_assert(has<archetypes::light_transport> ==
              wr::capability_set{.lightpush = true, .filter = true, .store = true});
static_assert(has<archetypes::relay_and_store_transport> == wr::capability_set{.relay = true, .store = true});
static_assert(!wr::disconnecting_transport<archetypes::light_transport<message>>);

/// Whether the policies publish and receive.
struct use {
  bool publishes = true;
  bool receives = true;
};

/// A node of these policies over an archetype accepts messages and subscriptions; nothing is asked of its
/// types beyond the concepts.
template <class Policies, template <class> class Transport>
void try_node(use wanted) {
  Transport<message> transport;
  archetypes::host host;
  wr::node<Policies, Transport<message>, message, archetypes::host> node(transport, host);
  CHECK(node.publish("/waku/2/rs/1/0", message{}).has_value() == wanted.publishes);
  const std::string_view content_topics[] = {"/archetype/1/a/proto"};
  CHECK(node.subscribe("/waku/2/rs/1/0", content_topics).has_value() == wanted.receives);
  node.wake();
  CHECK(node.pending() == (wanted.publishes ? 1 : 0));
  node.stop();
  node.wake();
  CHECK(node.pending() == 0);
}

struct lightpush_alone
    : wr::policies<wr::lightpush_only, wr::receive_nothing, wr::accepted_is_enough, wr::no_recovery> {};
struct store_alone
    : wr::policies<wr::publish_nothing, wr::receive_nothing, wr::accepted_is_enough, wr::periodic_audit> {};

}  // namespace

TEST_CASE("[G9] a light client runs over types that have only what the concepts ask for") {
  try_node<wr::light_client, archetypes::light_transport>({});
}

TEST_CASE("[G9] so does a relay node that asks stores") {
  try_node<wr::relay_with_store, archetypes::relay_and_store_transport>({});
}

TEST_CASE("[G9] so does a sender that has lightpush alone, and a receiver that has a store alone") {
  try_node<lightpush_alone, archetypes::lightpush_transport>({.receives = false});
  try_node<store_alone, archetypes::store_transport>({.publishes = false});
}
