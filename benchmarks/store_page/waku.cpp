// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <optional>
#include <variant>

#include <waku/reliability/cache/seen_set.hpp>
#include <waku/reliability/capability/reply.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/frame.hpp>

#include "workload.hpp"

namespace {

namespace wr = waku::reliability;

/// As a transport reads a store node's stream and the engine looks through what it listed.
class waku_page {
 public:
  explicit waku_page(const std::vector<wr::message_hash>& received) : seen_(received.size(), 7) {
    for (const wr::message_hash& hash : received) seen_.insert(hash, wr::steady_time(wr::duration(0)));
  }

  bool decode(std::span<const std::byte> frame, std::string_view request_id) {
    return read(frame, request_id).has_value();
  }

  bool compare(std::span<const std::byte> frame, std::string_view request_id,
               std::vector<wr::message_hash>& unknown) {
    const auto reply = read(frame, request_id);
    if (!reply) return false;
    const auto hash_at = [&](std::size_t number) -> const wr::message_hash& {
      return reply->entries[number].hash;
    };
    seen_.look_up(reply->entries.size(), hash_at, [&](std::size_t number, bool seen) {
      if (!seen) unknown.push_back(hash_at(number));
    });
    return true;
  }

 private:
  using reply_type = wr::store_reply<wr::message>;

  std::optional<reply_type> read(std::span<const std::byte> frame, std::string_view request_id) {
    wr::wire::frame_reader reader(wr::wire::protocol::store, client_.reply_limit(wr::wire::protocol::store));
    reader.feed(frame);
    const auto body = reader.next();
    if (!body) return std::nullopt;
    auto reply = client_.read<reply_type>(wr::wire::protocol::store, *body, request_id);
    auto* page = std::get_if<reply_type>(&reply);
    if (page == nullptr || !wr::is_success(page->status)) return std::nullopt;
    return std::move(*page);
  }

  wr::wire::basic_client<wr::wire::own_codecs, wr::message> client_;
  wr::seen_set<> seen_;
};

const store_page::entry<waku_page> entered("waku");

}  // namespace
