// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/wire/client.hpp>

#include <doctest/doctest.h>

#include <string_view>
#include <variant>

#include "codec_families.hpp"

namespace client_tests {

using namespace codec_families;
using client_type = ww::basic_client<ww::own_codecs, wr::message>;

TEST_CASE("each request says the protocol that its stream is opened by") {
  client_type client;
  ww::byte_buffer frame;
  const wr::message m = sample_message();
  const wr::message_hash hash{};
  const std::string_view topics[] = {"/a/1/b/proto"};
  const wr::lightpush_request<wr::message> push{{}, {}, "/waku/2/rs/1/0", m, hash};
  CHECK(client.write(push, false, "a", frame) == ww::protocol::lightpush);
  CHECK(client.write(push, true, "a", frame) == ww::protocol::legacy_lightpush);
  wr::store_request query{};
  CHECK(client.write(query, "a", frame) == ww::protocol::store);
  query.legacy = true;
  CHECK(client.write(query, "a", frame) == ww::protocol::legacy_store);
  CHECK(client.write(wr::filter_ping_request{{}, {}, "t"}, "a", frame) == ww::protocol::filter);
  CHECK(client.write(wr::filter_subscribe_request{{}, {}, "t", topics}, "a", frame) == ww::protocol::filter);
  CHECK(client.write(wr::filter_unsubscribe_request{{}, {}, "t", topics}, "a", frame) ==
        ww::protocol::filter);
}

TEST_CASE(
    "a reply with the id of another request, or garbage, is an undecodable reply, and the reason is kept") {
  client_type client;
  ww::filter_codec codec;
  ww::byte_buffer frame;
  codec.encode_reply(200, "OK", "other", frame);
  const auto reply = client.read<wr::filter_reply>(ww::protocol::filter, body_of(frame), "mine");
  CHECK(std::get<wr::transport_error>(reply) == wr::transport_error::undecodable_reply);
  CHECK(client.rejected() ==
        ww::rejection{ww::protocol::filter, ww::field::request_id, ww::reason::other_request});
  const auto read = client.read<wr::filter_reply>(ww::protocol::filter, body_of(frame), "other");
  CHECK(std::get<wr::filter_reply>(read).status == 200);
  CHECK_FALSE(client.rejected());
}

TEST_CASE("the limit of a reply's frame is its protocol's") {
  const client_type client;
  CHECK(client.reply_limit(ww::protocol::filter) == 65'536);
  CHECK(client.reply_limit(ww::protocol::store) > 100 * 153'600);
}

TEST_CASE("the limit of a push's frame holds a message, as large as it may be, with its topic") {
  const client_type client;
  CHECK(client.push_limit() > 153'600 + 4'096);
  CHECK(client.push_limit() < 2 * 153'600);
  ww::limits most;
  most.message_bytes = 1'048'576;
  CHECK(client_type(most).push_limit() == client.push_limit() + 1'048'576 - 153'600);
}

}  // namespace client_tests
