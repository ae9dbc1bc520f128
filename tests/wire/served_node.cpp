// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/served_node.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/filter_service.hpp>
#include <waku/reliability/service/lightpush_service.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/service/metadata_service.hpp>
#include <waku/reliability/service/peer_exchange_service.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/serve.hpp>

namespace served_node_tests {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;
namespace ww = waku::reliability::wire;

namespace {

template <class Body>
using store_of = ws::store_service<ws::memory_archive<Body>>;

struct misspelled {
  int stor = 0;
};
struct bare_store {
  store_of<wr::message>& store;
};
struct handle_store {
  store_of<std::uint32_t>& store;
};
struct looked_up_store : handle_store {
  wr::message message_of(std::uint32_t /*handle*/) const { return {}; }
};
struct mute_lightpush {
  ws::lightpush_service& lightpush;
};
struct wrong_lightpush : mute_lightpush {
  void relay(std::string_view /*topic*/, const wr::message& /*message*/) const {}
};
struct relaying_lightpush : mute_lightpush {
  wr::relay_reply relay(std::string_view /*topic*/, const wr::message& /*message*/) const { return {}; }
};

}  // namespace

static_assert(ww::metered<store_of<wr::message>>);
static_assert(ww::metered<ws::filter_service<wr::message>>);
static_assert(ww::metered<ws::lightpush_service>);
static_assert(ww::metered<ws::peer_exchange_service>);
static_assert(!ww::metered<ws::metadata_service>);

static_assert(!ww::has_some_service<misspelled>);
static_assert(ww::has_some_service<bare_store> && ww::has_store<bare_store> && !ww::has_filter<bare_store>);
static_assert(ww::stores_messages<bare_store>);
static_assert(!ww::stores_messages<handle_store>);
static_assert(ww::stores_messages<looked_up_store>);
static_assert(!ww::relays<mute_lightpush, wr::message>);
static_assert(!ww::relays<wrong_lightpush, wr::message>);
static_assert(ww::relays<relaying_lightpush, wr::message>);

TEST_CASE("a node that admits messages of any size reads pushes of a GiB, and no sum wraps") {
  ws::profile own;
  own.message_bytes_max = std::numeric_limits<std::size_t>::max();
  const ww::basic_server<ww::own_codecs, wr::message> server(own);
  CHECK(server.request_limit(ww::protocol::lightpush) >= std::size_t{1} << 30U);
  CHECK(server.request_limit(ww::protocol::lightpush) < std::size_t{1} << 31U);
  CHECK(server.request_limit(ww::protocol::store) < std::size_t{1} << 30U);
}

}  // namespace served_node_tests
