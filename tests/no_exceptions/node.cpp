// SPDX-License-Identifier: Apache-2.0 OR MIT
/// The umbrella, compiled without exceptions and without run-time type information, at work: a light client
/// publishes, is confirmed by a store, and receives what only a store has.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability.hpp>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "this program is about builds without exceptions and run-time type information"
#endif

namespace {

namespace wr = waku::reliability;
using namespace std::chrono_literals;

constexpr std::string_view shard = "/waku/2/rs/1/0";
constexpr std::string_view chat = "/test/1/chat/proto";

struct plain_hasher {
  static constexpr bool deterministic_message_hash = false;
  wr::message_hash operator()(const wr::hash_input& input) const {
    wr::message_hash hash;
    std::size_t at = 0;
    for (const std::byte byte : input.payload) hash.bytes[at++ % hash.size] ^= byte;
    for (int shift = 0; shift < 64; shift += 8) {
      hash.bytes[8 + static_cast<std::size_t>(shift) / 8] ^=
          static_cast<std::byte>(input.timestamp_ns >> shift);
    }
    return hash;
  }
};

wr::message text(std::string_view letters) {
  wr::message made;
  for (const char letter : letters) made.payload.push_back(static_cast<std::byte>(letter));
  made.content_topic = chat;
  return made;
}

/// Service nodes that answer at once and hold what they are told to.
struct transport {
  template <class Reply>
  using reply_to = wr::reply_handle<wr::message, Reply>;

  void attach(wr::event_sink<wr::message> given) {
    sink = std::move(given);
    for (std::uint32_t peer = 0; peer < 4; ++peer) {
      sink.peer_appeared(wr::peer_id{peer}, {.lightpush = true, .filter = true, .store = true});
    }
  }
  void cancel(wr::operation_id) {}
  void lightpush(const wr::lightpush_request<wr::message>& request,
                 const reply_to<wr::lightpush_reply>& reply) {
    stored.push_back({request.hash, request.message});
    reply({.status = 200, .relay_peer_count = 3});
  }
  void filter_subscribe(const wr::filter_subscribe_request&, const reply_to<wr::filter_reply>& reply) {
    reply({.status = 200});
  }
  void filter_unsubscribe(const wr::filter_unsubscribe_request&, const reply_to<wr::filter_reply>& reply) {
    reply({.status = 200});
  }
  void filter_ping(const wr::filter_ping_request&, const reply_to<wr::filter_reply>& reply) {
    reply({.status = 200});
  }
  void store_query(const wr::store_request& request, const reply_to<wr::store_reply<wr::message>>& reply) {
    wr::store_reply<wr::message> page{.status = 200};
    for (const auto& each : stored) {
      bool asked = request.hashes.empty();
      for (const wr::message_hash& hash : request.hashes) asked = asked || hash == each.hash;
      if (asked) page.entries.push_back({each.hash, request.include_data ? each.body : std::nullopt});
    }
    reply(std::move(page));
  }

  wr::event_sink<wr::message> sink;
  std::vector<wr::store_entry<wr::message>> stored;
};

struct host {
  wr::instant now() const { return {wr::steady_time(time), wr::wall_time(1'700'000'000s + time)}; }
  void wake_at(wr::steady_time at) { wake = at; }
  plain_hasher& hasher() { return hashes; }
  void received(wr::deliver<wr::message>&&) { ++deliveries; }
  void finished(const wr::finished& end) {
    confirmations += std::holds_alternative<wr::confirmed>(end.outcome);
  }
  void propagated(const wr::propagated&) { ++propagations; }

  wr::duration time{};
  std::optional<wr::steady_time> wake;
  plain_hasher hashes;
  int deliveries = 0;
  int confirmations = 0;
  int propagations = 0;
};

}  // namespace

int main() {
  transport network;
  host program;
  wr::node<wr::light_client, transport, wr::message, host> node(network, program);
  const auto run_until = [&](wr::duration end) {
    while (program.wake && program.wake->time_since_epoch() <= end) {
      const wr::duration at = std::exchange(program.wake, std::nullopt)->time_since_epoch();
      if (at > program.time) program.time = at;
      node.wake();
    }
    program.time = end;
  };

  const std::string_view topics[] = {chat};
  if (!node.subscribe(shard, topics)) return EXIT_FAILURE;
  if (!node.publish(shard, text("ours"))) return EXIT_FAILURE;
  if (node.publish(shard, text(""))) return EXIT_FAILURE;  // refused, without a throw
  wr::message theirs = text("theirs");
  theirs.timestamp = program.now().wall.time_since_epoch().count();
  network.stored.push_back({plain_hasher{}(wr::hashed_parts(shard, theirs)), theirs});
  run_until(3min);
  const bool all_well = program.confirmations == 1 && program.propagations == 1 && program.deliveries == 1;
  return all_well && node.pending() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
