// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <iostream>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/memory_archive.hpp>
#include <waku/reliability/wire/codecs.hpp>
#if defined(EXAMPLE_HAS_sqlite)
#include <waku/reliability/adapter/sqlite_archive.hpp>
#endif

/// What both kinds of processes talk about, and how a node keeps it.
namespace two_processes {

namespace wr = waku::reliability;
namespace ws = wr::services;
namespace wt = wr::testing;
namespace ww = wr::wire;

inline constexpr std::string_view pubsub_topic = "/waku/2/rs/1/0";
inline constexpr std::string_view content_topic = "/two-processes/1/news/proto";

/// Messages are kept as the bytes that they have on the wire.
using kept_bytes = std::vector<std::byte>;

#if defined(EXAMPLE_HAS_sqlite)
inline constexpr bool archive_outlives_its_process = true;
using archive = wr::sqlite_archive<kept_bytes>;
inline std::optional<archive> open_archive(const char* file) {
  archive opened(file);
  if (opened.is_open()) return opened;
  std::cerr << file << ": " << opened.failure().message << std::endl;
  return std::nullopt;
}
#else
inline constexpr bool archive_outlives_its_process = false;
using archive = ws::memory_archive<kept_bytes>;
inline std::optional<archive> open_archive(const char*) { return archive(); }
#endif

}  // namespace two_processes
