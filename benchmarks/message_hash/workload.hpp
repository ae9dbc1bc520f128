// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <contest/contest.hpp>

#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/message_hasher.hpp>

/// The deterministic message hash. A contender has one of
///   message_hash operator()(const hash_input&)
///   void operator()(std::span<const hash_input>, std::span<message_hash>)
///
/// Cases: hash is that of one message; the size is the payload's, in bytes. page verifies the bodies of a page, of 1 kB
/// each, by the hashes that came with them; the size is their number.
///
/// The scenario is cases.json, which go-waku and js-waku are held against too, in benchmarks/peers.
namespace message_hash {

namespace wr = waku::reliability;

inline constexpr std::size_t page_payload = 1'024;

struct message {
  std::string pubsub_topic = "/waku/2/rs/1/0";
  std::string content_topic = "/benchmark/1/room/proto";
  std::vector<std::byte> payload{};
  std::vector<std::byte> meta{};
  std::int64_t timestamp_ns = 1'700'000'000'000'000'000;

  [[nodiscard]] wr::hash_input parts() const {
    return {pubsub_topic, payload, content_topic, meta, timestamp_ns};
  }
};

inline std::vector<std::byte> payload_of(std::size_t size) {
  std::vector<std::byte> payload(size);
  for (std::size_t place = 0; place < size; ++place)
    payload[place] = static_cast<std::byte>((place * 31 + size) % 256);
  return payload;
}

inline std::vector<std::byte> from_hex(const std::string& text) {
  std::vector<std::byte> read;
  for (std::size_t place = 0; place < text.size(); place += 2)
    read.push_back(static_cast<std::byte>(std::stoul(text.substr(place, 2), nullptr, 16)));
  return read;
}

inline nlohmann::json read_cases() {
  const auto beside = std::filesystem::path(__FILE__).parent_path() / "cases.json";
  // Compilers may be told to keep the machine's folders out of __FILE__; benchmarks run in the project's folder.
  std::ifstream file(std::filesystem::exists(beside) ? beside : "benchmarks/message_hash/cases.json");
  if (!file) throw std::runtime_error("cases.json was not found");
  return nlohmann::json::parse(file).at("cases");
}

inline message message_of(const nlohmann::json& fields) {
  message read{fields.at("pubsub_topic"), fields.at("content_topic"),
               payload_of(fields.at("payload_size").get<std::size_t>())};
  if (!fields.at("meta").is_null()) read.meta = from_hex(fields.at("meta"));
  const nlohmann::json& timestamp = fields.at("timestamp_ns");
  read.timestamp_ns = timestamp.is_null() ? 0 : std::stoll(timestamp.get<std::string>());
  return read;
}

inline void append(const wr::message_hash& hash, contest::trace& answers) {
  for (std::size_t word = 0; word < 4; ++word) answers.push_back(hash.word(word));
}

template <class Contender>
inline constexpr bool hashes_one = requires(Contender& hasher, const wr::hash_input& input) {
  hasher(input);
};

template <class Contender>
void hash_page(Contender& hasher, std::span<const wr::hash_input> page, std::span<wr::message_hash> hashes) {
  if constexpr (hashes_one<Contender>) {
    for (std::size_t each = 0; each < page.size(); ++each) hashes[each] = hasher(page[each]);
  } else {
    hasher(page, hashes);
  }
}

template <class Contender>
void hash(benchmark::State& state) {
  Contender hasher;
  message hashed;
  hashed.payload = payload_of(static_cast<std::size_t>(state.range(0)));
  for (auto step : state) {
    ++hashed.timestamp_ns;
    benchmark::DoNotOptimize(hasher(hashed.parts()));
  }
}

template <class Contender>
void page(benchmark::State& state) {
  Contender hasher;
  std::vector<message> bodies(static_cast<std::size_t>(state.range(0)));
  std::vector<wr::hash_input> parts;
  for (message& body : bodies) {
    body.payload = payload_of(page_payload);
    body.timestamp_ns += static_cast<std::int64_t>(parts.size());
    parts.push_back(body.parts());
  }
  std::vector<wr::message_hash> claimed(bodies.size());
  hash_page(hasher, parts, claimed);
  std::vector<wr::message_hash> hashes(bodies.size());
  for (auto step : state) {
    hash_page(hasher, parts, hashes);
    if (hashes != claimed) std::abort();
  }
}

/// The hashes of the cases, as one page.
template <class Contender>
contest::trace play() {
  Contender hasher;
  std::vector<message> messages;
  for (const nlohmann::json& each : read_cases()) messages.push_back(message_of(each));
  std::vector<wr::hash_input> parts;
  for (const message& each : messages) parts.push_back(each.parts());
  std::vector<wr::message_hash> hashes(parts.size());
  hash_page(hasher, parts, hashes);
  contest::trace answers;
  for (const wr::message_hash& each : hashes) append(each, answers);
  return answers;
}

/// Enters a contender into all cases that it has a function for.
template <class Contender>
struct entry {
  explicit entry(const char* contender) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&)) {
      return contest::add("message_hash", name, contender, body);
    };
    contest::compare(contender, play<Contender>);
    if constexpr (hashes_one<Contender>)
      add("hash", hash<Contender>)->Arg(32)->Arg(1'024)->Arg(10'000)->Arg(150'000);
    add("page", page<Contender>)->Arg(100);
  }
};

}  // namespace message_hash
