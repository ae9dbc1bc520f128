// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kinds.hpp"

namespace interop {

/// What a peer said of one record.
struct answer {
  std::string frame_hex;    ///< what it encoded, with its length
  std::string result;       ///< a message's hash in hex, or what else was asked for
  std::string differences;  ///< the fields that it read otherwise; empty: none
};

/// Runs the peer over records, one JSON object each. One answer each, in their order. Throws std::runtime_error
/// where the program fails or says too little.
std::vector<answer> ask(dialect peer, const std::vector<std::string>& records);
answer ask(dialect peer, const std::string& one);

/// A record as the peer takes it.
std::string line_of(std::string_view kind_name, const record& sent);

/// A record that the peer shall only encode.
std::string encode_line(std::string_view kind_name, std::string_view fields);

/// The shard of a "content_topic", or that a "shard_topic" names, as the peer says it; else "refused". The peer's
/// network has cluster 1 and 8 shards.
std::string result_of(dialect peer, std::string_view name, std::string_view text);

/// The content of the only frame in some hexadecimal digits; throws std::runtime_error where it is none.
std::vector<std::byte> body_of(std::string_view frame_hex);

/// Random records of each kind, there and back: the peer has to read and hash what the library encodes, and the
/// library what the peer encodes. Fails the doctest test case at the first difference.
void check_both_ways(dialect peer);

/// Changes one field after the other in what a peer is told to expect: it has to name the field each time.
void check_that_it_sees_wrong_fields(dialect peer);

/// Random content topics, some malformed, sharded by both over random numbers of shards; and random names of
/// shards, read by both.
void check_shards(dialect peer);

/// What both peers write, and the library reads in its own way.
void check_what_peers_leave_out(dialect peer);

/// What both peers take for a content topic or a shard's name, and the library, which is as strict as nwaku, does
/// not.
void check_what_peers_tolerate(dialect peer);

}  // namespace interop
