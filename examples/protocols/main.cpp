// SPDX-License-Identifier: Apache-2.0 OR MIT
// A client asks a store over bytes: the request and the reply are frames, which arrive in small pieces.
#include <cstddef>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/frame.hpp>
#include <waku/reliability/wire/shard.hpp>

namespace wr = waku::reliability;
namespace wire = waku::reliability::wire;

using archive = wr::services::memory_archive<wr::message>;
using store = wr::services::store_service<archive>;

namespace {

// Reads one frame from a stream that gives seven bytes at a time.
std::optional<wire::byte_buffer> read_frame(const wire::byte_buffer& stream, const wire::frame_rule& rule) {
  wire::frame_reader reader(rule.protocol, wire::frame_limit(rule, {}));
  std::span<const std::byte> rest(stream);
  while (!rest.empty()) {
    const std::size_t count = rest.size() < 7 ? rest.size() : 7;
    reader.feed(rest.first(count));
    rest = rest.subspan(count);
    if (const auto frame = reader.next()) return wire::byte_buffer(frame->begin(), frame->end());
  }
  if (const auto refused = reader.finish()) std::printf("refused: %s\n", describe(*refused).c_str());
  return std::nullopt;
}

// The server: a request's bytes in, the reply's bytes out.
wire::byte_buffer answer(store& service, const wire::byte_buffer& stream, const wr::instant& now) {
  wire::byte_buffer reply;
  const auto frame = read_frame(stream, wire::frames::store_request);
  if (!frame) return reply;
  wire::store_codec codec;
  wire::decoded_store_request request;
  if (const auto refused = codec.decode_request(*frame, request)) {
    const std::string why = describe(*refused);
    codec.encode_reply(wr::services::store_answer<wr::message>{400, why, {}, {}}, request.request_id, reply);
    return reply;
  }
  codec.encode_reply(service.answer(request.view(wr::peer_id{1}), now), request.request_id, reply);
  return reply;
}

}  // namespace

int main() {
  wr::openssl_hasher hasher;
  const wire::autosharding shard_of(hasher, 1, 8);
  const std::string content_topic = "/toychat/2/huilong/proto";
  const std::string pubsub_topic = shard_of(content_topic).value();
  std::printf("%s belongs to %s\n", content_topic.c_str(), pubsub_topic.c_str());

  wr::message greeting;
  greeting.payload = {std::byte{'h'}, std::byte{'i'}};
  greeting.content_topic = content_topic;
  greeting.timestamp = 1'681'964'442'000'000'000;
  const wr::instant now{{}, wr::wall_time{wr::duration(greeting.timestamp)}};
  store service(wr::services::nwaku_profile(), archive());
  const wr::message_hash hash = hasher(wr::hashed_parts(pubsub_topic, greeting));
  service.take_in({hash, greeting.timestamp, pubsub_topic, content_topic, 60}, false, greeting, now.wall);

  // The client asks.
  const std::string_view topics[] = {content_topic};
  wr::store_request question{};
  question.pubsub_topic = pubsub_topic;
  question.content_topics = topics;
  question.include_data = true;
  wire::store_codec codec;
  wire::byte_buffer sent;
  codec.encode_request(question, "request 1", sent);

  // It reads the reply, and believes no hash that is not that of its body.
  const wire::byte_buffer replied = answer(service, sent, now);
  const auto frame = read_frame(replied, wire::frames::store_reply);
  if (!frame) return 1;
  wr::store_reply<wr::message> page;
  if (const auto refused = codec.decode_reply(*frame, "request 1", page, hasher)) {
    std::printf("refused: %s\n", describe(*refused).c_str());
    return 1;
  }
  std::printf("status %u, %zu message of %zu bytes\n", page.status, page.entries.size(),
              page.entries.front().body->payload.size());

  // Another server's reply is not taken for ours, and a frame that is too large is refused on its length.
  if (const auto refused = codec.decode_reply(*frame, "request 2", page)) {
    std::printf("refused: %s\n", describe(*refused).c_str());
  }
  return read_frame({std::byte{0xff}, std::byte{0xff}, std::byte{0x7f}}, wire::frames::metadata) ? 1 : 0;
}
