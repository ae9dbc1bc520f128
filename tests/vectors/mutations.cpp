// SPDX-License-Identifier: Apache-2.0 OR MIT
// Broken copies of every vector: the scan and Protobuf agree on what is malformed.
#include <doctest/doctest.h>

#if __has_include(<google/protobuf/stubs/logging.h>)
#include <google/protobuf/stubs/logging.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <waku/reliability/core/hex.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/random.hpp>

#include "wire_vectors.hpp"

namespace mutation_tests {

namespace wr = waku::reliability;
using namespace wire_vectors;

namespace {

using bytes = std::vector<std::byte>;

void mutate(bytes& target, wr::random_source& random) {
  // One draw after the other, so that a seed gives the same bytes with every compiler.
  const std::uint64_t kind = random.below(5);
  const auto place = static_cast<std::ptrdiff_t>(random.below(target.size() + 1));
  const auto byte = static_cast<std::byte>(random.below(256));
  const bool within = place < static_cast<std::ptrdiff_t>(target.size());
  switch (kind) {
    case 0: target.resize(static_cast<std::size_t>(place)); break;
    case 1: target.insert(target.begin() + place, byte); break;
    case 2: target.insert(target.begin() + place, 3, byte); break;
    case 3:
      if (within) target.erase(target.begin() + place);
      break;
    default:
      if (within) target[static_cast<std::size_t>(place)] ^= byte;
  }
}

// Protobuf complains aloud of text that is not UTF-8, also in what it then refuses. Newer ones cannot be asked not
// to.
#if __has_include(<google/protobuf/stubs/logging.h>)
using silence = google::protobuf::LogSilencer;
#else
struct silence {};
#endif

// Refused by a limit of ours, or a rule that Protobuf does not know: it cuts tags of more than 32 bits.
bool ours_alone(ww::reason why) {
  switch (why) {
    case ww::reason::too_long:
    case ww::reason::too_many:
    case ww::reason::too_deep:
    case ww::reason::wrong_length:
    case ww::reason::malformed_tag: return true;
    default: return false;
  }
}

}  // namespace

TEST_CASE("what the scan accepts Protobuf parses, and what it calls malformed Protobuf does not") {
  const char* given = std::getenv("WAKU_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'103;
  CAPTURE(seed);
  [[maybe_unused]] const silence no_complaints;
  wr::random_source random(seed);
  std::size_t accepted = 0;
  std::size_t malformed = 0;
  for (const char* list : {"vectors", "malformed"}) {
    for (const json& vector : wire().at(list)) {
      const ww::frame_rule* frame = frame_of(vector.at("message"));
      if (frame == nullptr) continue;
      CAPTURE(vector.at("name").get<std::string>());
      const bytes original = bytes_of_vector(vector);
      const auto message = make(vector.at("message"));
      ww::scanner scanner{ww::limits{}};
      for (int round = 0; round < 200; ++round) {
        bytes broken = original;
        for (std::uint64_t times = 1 + random.below(3); times > 0; --times) mutate(broken, random);
        const auto refused = scanner.scan(broken, *frame);
        if (refused && ours_alone(refused->reason)) continue;
        const bool parsed = message->ParseFromArray(broken.data(), static_cast<int>(broken.size()));
        CAPTURE(wr::to_hex(broken));
        CAPTURE(refused ? ww::describe(*refused) : "accepted by the scan");
        REQUIRE(parsed != refused.has_value());
        ++(parsed ? accepted : malformed);
      }
    }
  }
  CHECK(accepted > 2'000);
  CHECK(malformed > 2'000);
}

TEST_CASE("no broken copy harms a codec") {
  const char* given = std::getenv("WAKU_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'104;
  CAPTURE(seed);
  wr::random_source random(seed);
  std::size_t decoded = 0;
  std::size_t refused = 0;
  const auto count = [&](const std::optional<ww::rejection>& why) { ++(why ? refused : decoded); };
  wr::message message;
  wr::store_reply<wr::message> page;
  ww::decoded_store_request query;
  ww::decoded_filter_request criteria;
  ww::decoded_filter_push<wr::message> push;
  ww::decoded_lightpush_request<wr::message> pushed;
  wr::lightpush_reply lightpush_reply;
  wr::filter_reply filter_reply;
  wr::services::metadata told;
  wr::services::peer_exchange_request wanted;
  wr::services::peer_exchange_reply peers;
  ww::message_codec messages;
  ww::relay_codec relay;
  ww::store_codec store;
  ww::legacy_store_codec legacy_store;
  ww::filter_codec filter;
  ww::filter_push_codec pushes;
  ww::lightpush_codec lightpush;
  ww::legacy_lightpush_codec legacy_lightpush;
  ww::metadata_codec metadata;
  ww::peer_exchange_codec peer_exchange;
  for (const json& vector : wire().at("vectors")) {
    for (int round = 0; round < 20; ++round) {
      bytes broken = bytes_of_vector(vector);
      mutate(broken, random);
      count(messages.decode(broken, message));
      count(relay.decode<wr::message>(broken, [](auto&&...) {}));
      count(store.decode_request(broken, query));
      count(store.decode_reply(broken, "r1", page));
      count(legacy_store.decode_request(broken, query));
      count(legacy_store.decode_reply(broken, "r1", page));
      count(filter.decode_request(broken, criteria));
      count(filter.decode_reply(broken, "r1", filter_reply));
      count(pushes.decode(broken, push));
      count(lightpush.decode_request(broken, pushed));
      count(lightpush.decode_reply(broken, "r1", lightpush_reply));
      count(legacy_lightpush.decode_request(broken, pushed));
      count(legacy_lightpush.decode_reply(broken, "r1", lightpush_reply));
      count(metadata.decode(broken, told));
      count(peer_exchange.decode_request(broken, wanted));
      count(peer_exchange.decode_reply(broken, peers));
    }
  }
  CHECK(decoded > 1'000);
  CHECK(refused > 1'000);
}

}  // namespace mutation_tests
