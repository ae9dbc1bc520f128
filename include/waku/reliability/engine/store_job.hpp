// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <waku/reliability/cache/outgoing_buffer.hpp>
#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/core/compiled_with.hpp>
#include <waku/reliability/engine/peer_list.hpp>
#include <waku/reliability/engine/timer.hpp>
#include <waku/reliability/policy/observer/notice.hpp>

namespace waku::reliability {

/// What a store query is for.
enum class store_purpose : std::uint8_t {
  none,      ///< free for use
  presence,  ///< are these published messages stored? (S1.4)
  listing,   ///< which messages are there in the round's range? (S2.2, S3.5)
  early,     ///< as listing, over the unacknowledged messages alone, outside of rounds (S3)
  lookup,    ///< the bodies of missing messages (S2.7)
};

/// One logical query: as many pages and nodes as it takes (R11). Its memory is reused.
template <class Policies>
struct store_job {
  static constexpr std::size_t hash_limit = 50;

  store_purpose purpose = store_purpose::none;
  std::uint32_t topic = 0;
  peer_id peer{};
  operation_id operation;
  peer_list<8> tried;
  timer_ticket start_timer;
  bool legacy = false;
  bool budgeted = false;  ///< the first request has been paid for
  bool answered = false;  ///< lookup: the node gave a successful reply, whatever was in it

  compiled_with<Policies, std::vector<std::string>> content_topics;  ///< listing, early
  wall_time start{};
  wall_time end{};
  steady_time began{};

  std::uint32_t count = 0;  ///< presence: messages asked for
  std::array<buffer_slot, hash_limit> slots{};
  std::array<bool, hash_limit> present{};
  compiled_with<Policies, std::vector<message_hash>> hashes;  ///< presence, lookup

  store_cursor cursor;
  compiled_with<Policies, std::vector<store_cursor>> cursors_before;  ///< to notice one that comes round
  std::uint32_t pages = 0;
  std::size_t entries = 0;                                  ///< on the pages of this node that had a cursor
  std::size_t entries_most = 0;                             ///< likewise, of the node that listed most
  compiled_with<Policies, std::vector<request_id>> listed;  ///< own messages that the listing showed
};

/// Back to the first page, for another node or another use. A template: not compiled where there is no engine.
template <class Job>
void rewind(Job& job) {
  job.cursor.clear();
  job.cursors_before.clear();
  job.pages = 0;
  job.entries = 0;
  job.listed.clear();
  job.present.fill(false);
}

}  // namespace waku::reliability
