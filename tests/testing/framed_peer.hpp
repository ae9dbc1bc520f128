// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/testing/conformance/peer_desk.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/decoded_store_request.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/generated.hpp>

/// What the service peers of a fixture of the conformance kit read and write, for fixtures over real frames.
namespace framed_peer {

namespace wr = waku::reliability;
namespace wt = wr::testing;
namespace ww = wr::wire;
namespace ws = wr::services;

using kit_request = wt::peer_request<wr::message>;
using kit_answer = wt::peer_answer<wr::message>;
using byte_span = std::span<const std::byte>;

/// Frames of the service protocols as the kit sees them. The topic of what a store holds is not the kit's concern.
class frames {
 public:
  /// A request, and what its reply must fit to: of every protocol the request id, of the store all.
  struct arrival {
    kit_request seen;
    std::shared_ptr<ww::decoded_store_request> asked = std::make_shared<ww::decoded_store_request>();
  };

  arrival read(std::size_t peer, ww::protocol spoken, byte_span body) {
    arrival made;
    made.seen.peer = peer;
    switch (spoken) {
      case ww::protocol::store: REQUIRE_FALSE(store_.decode_request(body, *made.asked)); break;
      case ww::protocol::legacy_store: REQUIRE_FALSE(legacy_store_.decode_request(body, *made.asked)); break;
      case ww::protocol::filter: made.asked->request_id = read_filter(body, made.seen); break;
      default: made.asked->request_id = read_push(spoken, body, made.seen); break;
    }
    if (made.seen.kind == wr::operation_kind::none) read_query(*made.asked, made.seen);
    return made;
  }
  /// The frame of an answer; of trouble, what goes before the stream's end.
  ww::byte_buffer write(ww::protocol spoken, const ww::decoded_store_request& asked, const kit_answer& with) {
    ww::byte_buffer frame;
    if (const auto* trouble = std::get_if<wt::peer_trouble>(&with)) {
      if (*trouble == wt::peer_trouble::garbage) ww::append_frame(ww::bytes_of("\xff\xff\xff"), frame);
    }
    if (const auto* filter = std::get_if<wr::filter_reply>(&with))
      filter_.encode_reply(filter->status, "", asked.request_id, frame);
    if (const auto* push = std::get_if<wr::lightpush_reply>(&with)) {
      if (spoken == ww::protocol::lightpush) lightpush_.encode_reply(*push, asked.request_id, frame);
      if (spoken != ww::protocol::lightpush) legacy_lightpush_.encode_reply(*push, asked.request_id, frame);
    }
    if (const auto* page = std::get_if<wr::store_reply<wr::message>>(&with)) {
      ws::store_answer<wr::message> answer{page->status, "", {}, page->cursor};
      for (const auto& entry : page->entries)
        answer.entries.push_back({entry.hash, 0, "/waku/2/rs/1/0", entry.body});
      if (spoken == ww::protocol::store) store_.encode_reply(answer, asked.request_id, frame);
      if (spoken != ww::protocol::store) frame = legacy_page(std::move(answer), asked);
    }
    return frame;
  }

 private:
  std::string read_filter(byte_span body, kit_request& seen) {
    ww::decoded_filter_request asked;
    REQUIRE_FALSE(filter_.decode_request(body, asked));
    seen.kind = asked.kind == ww::filter_request_kind::ping        ? wr::operation_kind::filter_ping
                : asked.kind == ww::filter_request_kind::subscribe ? wr::operation_kind::filter_subscribe
                                                                   : wr::operation_kind::filter_unsubscribe;
    seen.pubsub_topic = asked.pubsub_topic;
    seen.content_topics = asked.content_topics;
    return asked.request_id;
  }
  std::string read_push(ww::protocol spoken, byte_span body, kit_request& seen) {
    ww::decoded_lightpush_request<wr::message> asked;
    seen.legacy = spoken == ww::protocol::legacy_lightpush;
    const auto refused =
        seen.legacy ? legacy_lightpush_.decode_request(body, asked) : lightpush_.decode_request(body, asked);
    REQUIRE_FALSE(refused);
    seen.kind = wr::operation_kind::lightpush;
    seen.pubsub_topic = asked.pubsub_topic.value_or("");
    seen.message = asked.message;
    return asked.request_id;
  }
  static void read_query(const ww::decoded_store_request& asked, kit_request& seen) {
    seen.kind = wr::operation_kind::store_query;
    seen.pubsub_topic = asked.pubsub_topic;
    seen.content_topics = asked.content_topics;
    seen.hashes = asked.hashes;
    seen.time_start = asked.time_start;
    seen.time_end = asked.time_end;
    seen.include_data = asked.include_data;
    seen.cursor = asked.cursor;
    if (asked.limit != 0) seen.limit = asked.limit;
    seen.forward = asked.forward;
    seen.legacy = asked.legacy;
  }
  // The kit's cursor is an encoded Index, where a service would give its digest.
  ww::byte_buffer legacy_page(ws::store_answer<wr::message> answer, const ww::decoded_store_request& asked) {
    const wr::store_cursor cursor = std::exchange(answer.cursor, {});
    ww::byte_buffer frame;
    legacy_store_.encode_reply(answer, asked, frame);
    ww::frame_reader reader(ww::protocol::legacy_store, frame.size());
    reader.feed(frame);
    const auto body = reader.next();
    ww::proto::HistoryRPC page;
    REQUIRE(page.ParseFromArray(body->data(), static_cast<int>(body->size())));
    if (!cursor.empty()) {
      auto& index = *page.mutable_response()->mutable_paging_info()->mutable_cursor();
      REQUIRE(index.ParseFromArray(cursor.data(), static_cast<int>(cursor.size())));
    }
    ww::byte_buffer made;
    ww::append_framed(page, made);
    return made;
  }

  ww::store_codec store_;
  ww::legacy_store_codec legacy_store_;
  ww::filter_codec filter_;
  ww::lightpush_codec lightpush_;
  ww::legacy_lightpush_codec legacy_lightpush_;
};

}  // namespace framed_peer
