// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <waku/reliability/adapter/rest/dialect.hpp>
#include <waku/reliability/adapter/rest/http_exchange.hpp>
#include <waku/reliability/adapter/rest/message_codec.hpp>
#include <waku/reliability/adapter/rest/text.hpp>
#include <waku/reliability/capability/request.hpp>

/// The requests of the REST interface.
namespace waku::reliability::rest {

/// Hands a message to the node, which hands it to lightpush, or relays it where it serves lightpush itself.
template <class Message>
[[nodiscard]] http_request write_lightpush(const lightpush_request<Message>& asked, bool legacy) {
  json body = json::object();
  body["pubsubTopic"] = std::string(asked.pubsub_topic);
  body["message"] = json_of(asked.message);
  return {http_method::post, legacy ? "/lightpush/v1/message" : "/lightpush/v3/message", body_of(body)};
}

/// Adds or removes content topics of the node's filter subscription.
[[nodiscard]] inline http_request write_filter(http_method method, std::string_view pubsub_topic,
                                               std::span<const std::string_view> content_topics,
                                               const std::string& request_id) {
  json body = json::object();
  body["requestId"] = request_id;
  body["pubsubTopic"] = std::string(pubsub_topic);
  json& topics = body["contentFilters"] = json::array();
  for (const std::string_view each : content_topics) topics.push_back(std::string(each));
  return {method, "/filter/v2/subscriptions", body_of(body)};
}

[[nodiscard]] inline http_request write_filter_ping(const std::string& request_id) {
  return {http_method::get, "/filter/v2/subscriptions/" + percent_encoded(request_id), {}};
}

/// One page of a store; an empty address leaves the choice of the store to the node.
template <dialect Dialect>
[[nodiscard]] http_request write_query(const store_request& asked, std::string_view store_address) {
  std::string query;
  const auto add = [&query](std::string_view key, std::string_view value) {
    query += (query.empty() ? "?" : "&") + std::string(key) + "=" + percent_encoded(value);
  };
  const auto list = [](const auto& items, auto&& text_of_item) {
    std::string text;
    for (const auto& each : items) text += (text.empty() ? "" : ",") + std::string(text_of_item(each));
    return text;
  };
  if (!store_address.empty()) add("peerAddr", store_address);
  add("includeData", asked.include_data ? "true" : "false");
  if (!asked.hashes.empty()) {
    add("hashes",
        list(asked.hashes, [](const message_hash& each) { return Dialect::asked_hash(each.bytes); }));
  } else {
    add("pubsubTopic", asked.pubsub_topic);
    add("contentTopics", list(asked.content_topics, [](std::string_view each) { return each; }));
    if (asked.time_start) add("startTime", std::to_string(asked.time_start->time_since_epoch().count()));
    if (asked.time_end) add("endTime", std::to_string(asked.time_end->time_since_epoch().count()));
  }
  if (!asked.cursor.empty()) add("cursor", Dialect::asked_hash(asked.cursor));
  add("ascending", asked.forward ? "true" : "false");
  add("pageSize", std::to_string(asked.limit));
  return {http_method::get, "/store/v3/messages" + query, {}};
}

template <class Message>
[[nodiscard]] http_request write_relay(std::string_view pubsub_topic, const Message& message) {
  return {http_method::post, "/relay/v1/messages/" + percent_encoded(pubsub_topic),
          body_of(json_of(message))};
}

/// Has the node keep the messages of a pubsub topic for us, or no longer.
[[nodiscard]] inline http_request write_relay_subscription(http_method method,
                                                           std::string_view pubsub_topic) {
  json topics = json::array();
  topics.push_back(std::string(pubsub_topic));
  return {method, "/relay/v1/subscriptions", body_of(topics)};
}

/// Takes what the node keeps of a content topic by filter, or of a pubsub topic by relay where the content topic
/// is empty. What it gives out it forgets.
template <dialect Dialect>
[[nodiscard]] http_request write_read(std::string_view pubsub_topic, std::string_view content_topic) {
  std::string route;
  if (content_topic.empty()) {
    route = "/relay/v1/messages/" + percent_encoded(pubsub_topic);
  } else {
    route = "/filter/v2/messages/";
    if (Dialect::reads_by_pubsub_topic) route += percent_encoded(pubsub_topic) + "/";
    route += percent_encoded(content_topic);
  }
  return {http_method::get, std::move(route), {}};
}

}  // namespace waku::reliability::rest
