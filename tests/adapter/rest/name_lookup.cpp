// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/adapter/rest/http_client.hpp>

#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include <adapter/rest/http_bench.hpp>
#include <testing/real_time.hpp>

#if LIBCURL_VERSION_NUM >= 0x075700

namespace rest_name_lookup_tests {

namespace wr = waku::reliability;
namespace rest = wr::rest;
using namespace rest_bench;

namespace {

constexpr std::string_view slow_name = "slow.example";

/// The system's look-up of slow_name, which does not end before it is let go.
struct slow_lookup {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t asked = 0;
  std::size_t ended = 0;
  bool let_go = false;
  bool was_let_go = true;  // each time, and did not give up

  void wait() {
    std::unique_lock lock(mutex);
    ++asked;
    was_let_go = changed.wait_for(lock, std::chrono::seconds(20), [this] { return let_go; }) && was_let_go;
    ++ended;
    changed.notify_all();
  }
  [[nodiscard]] std::size_t times_asked() {
    const std::lock_guard lock(mutex);
    return asked;
  }
  /// Whether nothing had waited for a look-up's end so far.
  [[nodiscard]] bool end() {
    std::unique_lock lock(mutex);
    let_go = true;
    changed.notify_all();
    changed.wait(lock, [this] { return ended == asked; });
    return was_let_go;
  }
};

slow_lookup& lookup() {
  static slow_lookup one;
  return one;
}

}  // namespace
}  // namespace rest_name_lookup_tests

// In the place of the system's.
extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  if (name != nullptr && name == rest_name_lookup_tests::slow_name) {
    rest_name_lookup_tests::lookup().wait();
    return EAI_AGAIN;
  }
  static const auto systems = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return systems(name, service, hints, found);
}

namespace rest_name_lookup_tests {

TEST_CASE("nothing waits for the look-up of a name, also when the exchange ends before it") {
  const curl_version_info_data* const version = curl_version_info(CURLVERSION_NOW);
  if (version->ares != nullptr) return;  // Looks names up by itself, and waits for nothing.
  rest::http_limits limits;
  limits.connect_patience = std::chrono::milliseconds(100);
  http_bench b(limits);
  const auto slow = *rest::read_address("http://" + std::string(slow_name));
  CHECK(is_error(b.end_of(slow, {}), wr::transport_error::dial_failed));
  const rest::exchange_id cancelled = b.client->start(slow, {}, [](const rest::http_result&) {});
  REQUIRE(real_time::run_context(b.context, [] { return lookup().times_asked() == 2; }));
  b.client->cancel(cancelled);
  b.client->start(slow, {}, [](const rest::http_result&) {});
  REQUIRE(real_time::run_context(b.context, [] { return lookup().times_asked() == 3; }));
  b.client.reset();
  CHECK(lookup().end());
}

}  // namespace rest_name_lookup_tests

#endif
