// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <waku/reliability/core/random.hpp>

namespace interop {

namespace wr = waku::reliability;

/// Whose schemas name the fields.
enum class dialect { js_waku, go_waku };

/// One encoded message, and what a peer has to say of it.
struct record {
  std::string frame_hex;   ///< what the library's codec made, with its length
  std::string fields;      ///< JSON: what the peer has to read in it
  std::string send;        ///< JSON: what the peer shall encode
  std::string hash_topic;  ///< pubsub topic of a WakuMessage that the peer shall hash; empty: nothing to hash
  std::string hash_hex;    ///< its hash by the library
  /// Decodes what the peer encoded, without its length. What is wrong, or nothing.
  std::function<std::string(std::span<const std::byte>)> read_back;
};

/// A kind of message, as one side sends it to the other.
struct kind {
  std::string_view name;
  record (*make)(wr::random_source& random, dialect peer);
};

/// All kinds that a peer has a schema for.
std::span<const kind> kinds_of(dialect peer);

}  // namespace interop
