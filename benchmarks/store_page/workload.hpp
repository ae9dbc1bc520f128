// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <contest/contest.hpp>
#include <contest/hashes.hpp>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/core/message_hash.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/store_service.hpp>
#include <waku/reliability/wire/codecs.hpp>

/// The frame that a store node answers with: which of the hashes on its page were never received? A contender is made
/// of the hashes received so far and has
///   bool decode(std::span<const std::byte> frame, std::string_view request_id)
///     whether it is a page, and the answer to this request
///   bool compare(frame, request_id, std::vector<message_hash>& unknown)
///     decodes and adds the hashes that were not received, in the order of the page
///
/// Cases: decode; decode_compare. A page has 100 entries without bodies. Nine in ten were received, drawn at random
/// from all that were: nodes list by their own clock. 4,000 pages take turns, so that what one is compared with has
/// left the processor's cache where it holds less than the set. The size is the number of hashes received, of decode
/// that of the page's entries.
namespace store_page {

namespace wr = waku::reliability;

inline constexpr std::size_t page_entries = 100;
inline constexpr std::size_t page_count = 4'000;
inline constexpr std::string_view asked = "9c3f1a7d20b84e65f08d";  // as long as nwaku's

using contest::random_hashes;

/// Pages as a store node sends them.
class page_maker {
 public:
  page_maker(const std::vector<wr::message_hash>& received, std::uint64_t seed)
      : received_(received), others_(random_hashes(seed, 1 << 16)), draw_(seed) {}

  wr::wire::byte_buffer make(std::size_t entries, std::uint32_t status, std::string_view request_id) {
    wr::services::store_answer<wr::message> answer;
    answer.status = status;
    answer.entries.resize(entries);
    for (auto& entry : answer.entries) {
      const std::vector<wr::message_hash>& from = draw_.chance(0.9) ? received_ : others_;
      entry.hash = from[draw_.below(from.size())];
    }
    if (entries != 0)
      answer.cursor.assign(answer.entries.back().hash.bytes.begin(), answer.entries.back().hash.bytes.end());
    wr::wire::byte_buffer frame;
    codec_.encode_reply(answer, request_id, frame);
    return frame;
  }

 private:
  const std::vector<wr::message_hash>& received_;
  std::vector<wr::message_hash> others_;
  wr::random_source draw_;
  wr::wire::store_codec codec_;
};

/// What all contenders are measured with: made once for each number of hashes received.
struct material {
  explicit material(std::size_t size) : received(random_hashes(1, size)) {
    page_maker pages(received, 2);
    while (frames.size() < page_count) frames.push_back(pages.make(page_entries, wr::status_code::ok, asked));
  }
  std::vector<wr::message_hash> received;
  std::vector<wr::wire::byte_buffer> frames;
};
inline const material& material_of(std::size_t size) {
  static std::map<std::size_t, material> all;
  return all.try_emplace(size, size).first->second;
}

/// Filled once for all cases and repetitions.
template <class Contender>
Contender& filled_with(std::size_t size) {
  static std::map<std::size_t, Contender> all;
  return all.try_emplace(size, material_of(size).received).first->second;
}

template <class Contender>
void decode(benchmark::State& state) {
  const material& given = material_of(1'000);
  Contender& contender = filled_with<Contender>(1'000);
  std::size_t each = 0;
  for (auto step : state) {
    if (!contender.decode(given.frames[each], asked)) std::abort();
    each = each + 1 == page_count ? 0 : each + 1;
  }
}

template <class Contender>
void decode_compare(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const material& given = material_of(size);
  Contender& contender = filled_with<Contender>(size);
  std::vector<wr::message_hash> unknown;
  std::size_t each = 0;
  for (auto step : state) {
    unknown.clear();
    if (!contender.compare(given.frames[each], asked, unknown)) std::abort();
    benchmark::DoNotOptimize(unknown.data());
    each = each + 1 == page_count ? 0 : each + 1;
  }
}

/// Pages of all lengths; some are errors, some answer another request, some are cut.
template <class Contender>
contest::trace play() {
  const std::vector<wr::message_hash> received = random_hashes(3, 500);
  Contender contender(received);
  page_maker pages(received, 4);
  wr::random_source draw(5);
  contest::trace answers;
  for (int step = 0; step < 1'000; ++step) {
    const std::uint32_t status =
        draw.chance(0.1) ? wr::status_code::service_not_available : wr::status_code::ok;
    wr::wire::byte_buffer frame =
        pages.make(draw.below(page_entries + 1), status, draw.chance(0.1) ? "another" : asked);
    if (draw.chance(0.1)) frame.resize(draw.below(frame.size()));
    std::vector<wr::message_hash> unknown;
    answers.push_back(contender.decode(frame, asked) ? 1 : 0);
    answers.push_back(contender.compare(frame, asked, unknown) ? 1 : 0);
    for (const wr::message_hash& hash : unknown) answers.push_back(hash.word(0));
  }
  return answers;
}

/// Enters a contender into all cases.
template <class Contender>
struct entry {
  explicit entry(const char* contender) {
    const auto add = [&](const char* name, void (*body)(benchmark::State&)) {
      return contest::add("store_page", name, contender, body);
    };
    contest::compare(contender, play<Contender>);
    add("decode", decode<Contender>)->Arg(page_entries);
    add("decode_compare", decode_compare<Contender>)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
  }
};

}  // namespace store_page
