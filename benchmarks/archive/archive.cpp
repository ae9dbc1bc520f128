// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a page costs in archives of a million messages, in memory and in a file, wherever it begins, and what a
// message takes. The cost is not to grow with the depth. Prints the ratios and the sizes after the table.
#include <benchmark/benchmark.h>

#include <malloc.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <waku/reliability/adapter/sqlite_archive.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/service/memory_archive.hpp>

#include <contest/heap.hpp>

#include "archive_benchmark.hpp"

namespace {

using namespace archive_benchmark;
using handle_archive = ws::memory_archive<std::uint32_t>;
using message_archive = ws::memory_archive<wr::message>;
using file_archive = wr::sqlite_archive<>;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Inserts all messages and says how long that took for each.
template <class Archive, class Make>
void fill(const char* name, Archive& archive, const Make& make) {
  double spent = 0;
  for (std::uint32_t number = 0; number < count; ++number) {
    const std::string name_of_topic = topic_of(number);
    auto body = make(number);
    const auto record = record_of(number, name_of_topic);
    const auto begin = std::chrono::steady_clock::now();
    const auto stored = archive.insert(record, std::move(body), {});
    spent += seconds_since(begin);
    require(stored == ws::archive_insertion::stored, "does not take a message in");
  }
  std::printf("%s: %.2f us an insertion\n", name, spent / count * 1e6);
}

handle_archive& handles() {
  static handle_archive archive = [] {
    const std::size_t before = contest::heap_bytes();
    handle_archive made(ws::archive_limits::none());
    fill("memory, handles", made, [](std::uint32_t number) { return number; });
    std::printf("memory, handles: %.1f bytes a message, %.1f by its own account\n",
                double(contest::heap_bytes() - before) / count, double(made.memory_bytes()) / count);
    return made;
  }();
  return archive;
}

message_archive& messages() {
  static message_archive archive = [] {
    const std::size_t before = contest::heap_bytes();
    message_archive made(ws::archive_limits::none());
    fill("memory, messages", made, [](std::uint32_t number) {
      wr::message body;
      body.payload.resize(100);
      body.content_topic = topic_of(number);
      body.timestamp = time_of(number);
      return body;
    });
    std::printf("memory, messages of 100 bytes payload: %.1f bytes a message\n",
                double(contest::heap_bytes() - before) / count);
    return made;
  }();
  return archive;
}

struct file_folder {
  file_folder() : path(std::filesystem::temp_directory_path() / "waku_archive_benchmark") {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  file_folder(const file_folder&) = delete;
  file_folder& operator=(const file_folder&) = delete;
  ~file_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

file_archive& file() {
  static const file_folder folder;
  static file_archive archive = [] {
    const std::string path = (folder.path / "archive.db").string();
    file_archive made(path, {.limits = ws::archive_limits::none(), .cache_bytes = std::size_t{64} << 20});
    require(made.is_open(), "cannot be opened");
    double spent = 0;
    for (std::uint32_t number = 0; number < count;) {
      const auto begin = std::chrono::steady_clock::now();
      require(made.begin_batch() == ws::archive_error::none, "begins no batch");
      for (const std::uint32_t end = number + 1'000; number < end; ++number) {
        const std::vector<std::byte> body(200);
        const auto stored = made.insert(record_of(number, topic_of(number)), body, {});
        require(stored == ws::archive_insertion::stored, "does not take a message in");
      }
      require(made.commit_batch() == ws::archive_error::none, "commits no batch");
      spent += seconds_since(begin);
    }
    std::printf("SQLite: %.2f us an insertion, in batches of 1,000\n", spent / count * 1e6);
    std::printf("SQLite, bodies of 200 bytes: %.0f bytes of file a message\n",
                double(std::filesystem::file_size(path)) / count);
    return made;
  }();
  return archive;
}

void pages_of_handles(benchmark::State& state) { page(state, handles()); }
void pages_of_messages(benchmark::State& state) { page(state, messages()); }
void pages_of_a_file(benchmark::State& state) { page(state, file()); }

void every_depth(benchmark::internal::Benchmark* family) {
  family->ArgNames({"kind", "depth"})
      ->ArgsProduct({{0, 1, 2}, {0, 1, 2, 3, 4}})
      ->Unit(benchmark::kMicrosecond);
}

BENCHMARK(pages_of_handles)->Apply(every_depth);
BENCHMARK(pages_of_messages)->Apply(every_depth);
BENCHMARK(pages_of_a_file)->Apply(every_depth);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  print_ratios("memory, handles", handles());
  print_ratios("memory, messages", messages());
  print_ratios("SQLite", file());
  return 0;
}
