// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <waku/reliability/capability/request.hpp>
#include <waku/reliability/service/filter_service.hpp>

/// Clients of a filter service, by their numbers.
namespace filter_clients {

namespace wr = waku::reliability;
namespace ws = waku::reliability::services;

constexpr std::string_view shard = "/waku/2/rs/1/0";
/// Handles of messages.
using service = ws::filter_service<std::uint32_t>;

constexpr wr::peer_id client(std::uint32_t number) { return static_cast<wr::peer_id>(number); }
inline std::string topic(std::uint32_t number) { return "/app/1/" + std::to_string(number) + "/proto"; }

/// A list of topics, and views of it.
class topic_list {
 public:
  topic_list(std::uint32_t first, std::uint32_t count) {
    for (std::uint32_t number = 0; number < count; ++number) texts_.push_back(topic(first + number));
    views_.assign(texts_.begin(), texts_.end());
  }
  explicit topic_list(std::vector<std::string> texts) : texts_(std::move(texts)) {
    views_.assign(texts_.begin(), texts_.end());
  }
  topic_list(const topic_list&) = delete;
  topic_list& operator=(const topic_list&) = delete;

  [[nodiscard]] const std::vector<std::string_view>& views() const noexcept { return views_; }

 private:
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

template <class Service>
std::uint32_t subscribe(Service& to, std::uint32_t number, const topic_list& topics, wr::steady_time now,
                        std::string_view pubsub_topic = shard) {
  return to.subscribe({{}, client(number), pubsub_topic, topics.views()}, now).status;
}
template <class Service>
std::uint32_t unsubscribe(Service& to, std::uint32_t number, const topic_list& topics, wr::steady_time now,
                          std::string_view pubsub_topic = shard) {
  return to.unsubscribe({{}, client(number), pubsub_topic, topics.views()}, now).status;
}
template <class Service>
std::uint32_t ping(Service& to, std::uint32_t number, wr::steady_time now) {
  return to.ping({{}, client(number), {}}, now).status;
}

/// A push as a test compares it.
struct pushed {
  std::uint32_t client;
  std::uint32_t body;
  friend bool operator==(const pushed&, const pushed&) = default;
};
/// All that can be pushed now; each push ends at once.
inline std::vector<pushed> drain(service& of, wr::steady_time now) {
  std::vector<pushed> all;
  while (const auto push = of.next_push(now)) {
    all.push_back({static_cast<std::uint32_t>(push->client), *push->body});
    of.push_ended(push->ticket, true, now);
  }
  return all;
}

}  // namespace filter_clients
