// SPDX-License-Identifier: Apache-2.0 OR MIT
// A store node that keeps its messages in a file. A message is stored, and asked for in bytes, as over a stream.
// The next run on the same file has it still.
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>
#include <variant>

#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/adapter/sqlite_archive.hpp>
#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/serve.hpp>

namespace wr = waku::reliability;
namespace wire = waku::reliability::wire;

namespace {

constexpr std::string_view pubsub_topic = "/waku/2/rs/1/0";
constexpr std::string_view content_topic = "/store-node/1/news/proto";

// What the server looks for in a node: its services, and the message that kept bytes stand for.
struct store_node {
  wr::message message_of(const wire::byte_buffer& kept) {
    wr::message m;
    if (codec.decode(kept, m)) m = {};
    return m;
  }
  wr::services::store_service<wr::sqlite_archive<>> store;
  wire::message_codec codec{};
};

wr::services::store_intake take_in(store_node& node, const wr::instant& now) {
  wr::message m;
  m.payload = {std::byte{'h'}, std::byte{'i'}};
  m.content_topic = content_topic;
  m.timestamp = now.wall.time_since_epoch().count();
  wire::byte_buffer bytes;
  node.codec.encode(m, bytes);
  const wr::message_hash hash = wr::openssl_hasher()(wr::hashed_parts(pubsub_topic, m));
  return node.store.take_in({hash, m.timestamp, pubsub_topic, content_topic, bytes.size()}, m.ephemeral,
                            std::move(bytes), now.wall);
}

}  // namespace

int main(int count, char** words) {
  wr::sqlite_archive<> archive(count == 2 ? words[1] : "store_node.archive");
  if (!archive.is_open()) {
    std::fprintf(stderr, "no archive: %s\n", archive.failure().message.c_str());
    return 1;
  }
  const wr::services::profile own = wr::services::nwaku_profile();
  store_node node{.store = {own, std::move(archive)}};
  std::printf("%zu messages are kept\n", node.store.archive().size());
  if (take_in(node, wr::read_clocks()) != wr::services::store_intake::stored) return 1;

  // A client asks: what it writes goes onto a stream that is opened by id_of(spoken).
  wire::basic_client<wire::own_codecs, wr::message> client;
  wr::store_request question{};
  question.pubsub_topic = pubsub_topic;
  question.content_topics = {&content_topic, 1};
  question.include_data = true;
  wire::byte_buffer sent;
  const wire::protocol spoken = client.write(question, "request 1", sent);

  // The node reads one frame from the stream, and answers it with one.
  wire::basic_server<wire::own_codecs, wr::message> server(own);
  wire::frame_reader requests(spoken, server.request_limit(spoken));
  requests.feed(sent);
  const auto request = requests.next();
  wire::byte_buffer answered;
  if (!request) return 1;
  const auto how = server.serve(spoken, node, wr::peer_id{1}, *request, wr::read_clocks(), answered);
  if (how == wire::served::closed) return 1;  // a host closes the stream without a word

  wire::frame_reader replies(spoken, client.reply_limit(spoken));
  replies.feed(answered);
  const auto reply = replies.next();
  if (!reply) return 1;
  const auto read = client.read<wr::store_reply<wr::message>>(spoken, *reply, "request 1");
  const auto* page = std::get_if<wr::store_reply<wr::message>>(&read);
  if (page == nullptr) return 1;
  std::printf("status %u, %zu messages\n", page->status, page->entries.size());
}
