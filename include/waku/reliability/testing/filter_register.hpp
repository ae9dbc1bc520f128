// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/testing/message_ledger.hpp>
#include <waku/reliability/testing/service_profile.hpp>

namespace waku::reliability::testing {

/// Who is subscribed to what at one filter node, and its memory of what it pushed. Answers are statuses.
class filter_register {
 public:
  using criterion = std::pair<std::uint32_t, std::uint32_t>;  ///< pubsub topic, content topic

  std::uint32_t subscribe(std::uint32_t client, std::uint32_t pubsub_topic,
                          std::span<const std::uint32_t> content_topics, const service_profile& profile,
                          steady_time now) {
    sweep(profile, now);
    if (content_topics.empty() || content_topics.size() > profile.request_topics_max) return 400;
    const auto known = subscribers_.find(client);
    // Real nodes add the request's size to what is installed, without looking for repetitions.
    const std::size_t installed = known == subscribers_.end() ? 0 : known->second.criteria.size();
    if (installed + content_topics.size() > profile.criteria_max) return 503;
    if (known == subscribers_.end() && subscribers_.size() >= profile.subscribers_max) return 503;
    subscriber& own = subscribers_[client];
    own.heard = now;
    for (const std::uint32_t topic : content_topics) {
      const criterion wanted{pubsub_topic, topic};
      if (!has(own, wanted)) own.criteria.push_back(wanted);
    }
    return 200;
  }
  std::uint32_t unsubscribe(std::uint32_t client, std::uint32_t pubsub_topic,
                            std::span<const std::uint32_t> content_topics, const service_profile& profile,
                            steady_time now) {
    sweep(profile, now);
    if (content_topics.empty() || content_topics.size() > profile.request_topics_max) return 400;
    const auto known = subscribers_.find(client);
    if (known == subscribers_.end()) return 404;
    auto& criteria = known->second.criteria;
    std::size_t removed = 0;
    for (const std::uint32_t topic : content_topics)
      removed += std::erase(criteria, criterion{pubsub_topic, topic});
    if (removed == 0) return 404;
    known->second.heard = now;
    if (criteria.empty()) subscribers_.erase(known);
    return 200;
  }
  /// 200 says that something is installed, not that all is.
  std::uint32_t ping(std::uint32_t client, const service_profile& profile, steady_time now) {
    sweep(profile, now);
    const auto known = subscribers_.find(client);
    if (known == subscribers_.end()) return 404;
    known->second.heard = now;
    return 200;
  }

  /// The clients to push a message to, in the order of their numbers. None when it was pushed lately.
  [[nodiscard]] std::vector<std::uint32_t> take_in(message_index message, const message_facts& facts,
                                                   const service_profile& profile, steady_time now) {
    sweep(profile, now);
    if (profile.push_memory > duration::zero()) {
      const auto [place, is_new] = pushed_.try_emplace(message, now);
      const bool lately = !is_new && now < place->second + profile.push_memory;
      place->second = now;
      if (lately) return {};
    }
    std::vector<std::uint32_t> clients;
    for (const auto& [client, own] : subscribers_) {
      if (has(own, {facts.pubsub_topic, facts.content_topic})) clients.push_back(client);
    }
    return clients;
  }
  [[nodiscard]] bool subscribed(std::uint32_t client) const { return subscribers_.contains(client); }
  [[nodiscard]] std::size_t subscribers() const noexcept { return subscribers_.size(); }
  /// As a restart does. Answers how many subscribers were forgotten.
  std::size_t forget_all() {
    const std::size_t count = subscribers_.size();
    subscribers_.clear();
    pushed_.clear();
    return count;
  }

 private:
  struct subscriber {
    steady_time heard;
    std::vector<criterion> criteria;
  };

  static bool has(const subscriber& own, const criterion& wanted) {
    return std::find(own.criteria.begin(), own.criteria.end(), wanted) != own.criteria.end();
  }
  // The silent ones leave at the first full minute after their lifetime.
  void sweep(const service_profile& profile, steady_time now) {
    const steady_time sweeping(std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()));
    if (sweeping == swept_) return;
    swept_ = sweeping;
    std::erase_if(subscribers_, [&](const auto& each) {
      return each.second.heard + profile.subscription_lifetime < sweeping;
    });
  }

  std::map<std::uint32_t, subscriber> subscribers_;
  std::map<message_index, steady_time> pushed_;
  steady_time swept_{};
};

}  // namespace waku::reliability::testing
