// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability/adapter/rest.hpp>
#include <waku/reliability/testing/conformance/fixture.hpp>

#include <adapter/rest/http_server.hpp>

namespace rest_bench {

namespace wr = waku::reliability;
namespace wt = wr::testing;
namespace rest = wr::rest;
using json = nlohmann::json;

/// A REST node of a dialect: it hands what it is asked for in at a desk, and answers as that says, in the shapes of
/// its software. It keeps messages, and gives them out once.
template <class Dialect>
class played_node {
 public:
  static constexpr bool is_nwaku = std::is_same_v<Dialect, rest::nwaku>;

  played_node(asio::any_io_executor executor, std::size_t index, wt::peer_desk<wr::message>& desk)
      : executor_(std::move(executor)), index_(index), desk_(desk) {
    become(wt::peer_state::serving);
  }
  void become(wt::peer_state state) {
    server_.reset();
    state_ = state;
    if (state == wt::peer_state::unreachable || state == wt::peer_state::gone) return;
    server_.emplace(executor_, port_,
                    [this](http_call call, const std::weak_ptr<http_connection>& connection) {
                      calls.push_back(call);
                      called(std::move(call), connection);
                    });
    port_ = server_->port();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// The node has got a message by its filter subscription.
  void keep(std::string_view pubsub_topic, const wr::message& m) {
    kept_[{Dialect::reads_by_pubsub_topic ? std::string(pubsub_topic) : "", m.content_topic}].push_back(
        rest::json_of(m));
  }
  /// The node has got a message by relay. False if it has not joined the topic.
  bool relay(std::string_view pubsub_topic, const wr::message& m) {
    const auto found = joined_.find(std::string(pubsub_topic));
    if (found == joined_.end()) return false;
    found->second.push_back(rest::json_of(m));
    return true;
  }
  [[nodiscard]] bool has_joined(std::string_view pubsub_topic) const {
    return joined_.contains(std::string(pubsub_topic));
  }
  /// Forgets what it was subscribed to, as after a restart.
  void forget() {
    joined_.clear();
    kept_.clear();
  }

  std::vector<http_call> calls;

 private:
  using connection_type = std::weak_ptr<http_connection>;
  using kit_request = wt::peer_request<wr::message>;
  using kit_answer = wt::peer_answer<wr::message>;

  static void send(const connection_type& to, unsigned status, std::string_view body) {
    if (const auto connection = to.lock()) connection->answer(status, body);
  }
  void called(http_call call, const connection_type& to) {
    const auto path = path_of(call.target);
    const std::string route = call.target.substr(0, call.target.find('?'));
    if (route == Dialect::health_route) return send(to, 200, R"({"nodeHealth":"Ready"})");
    if (state_ == wt::peer_state::speechless) return send(to, 404, "404 page not found\n");
    // Who hangs up without an answer does so again when a client takes the connection for a stale one.
    if (const auto again = repeated_.find(call.method + call.target + call.body); again != repeated_.end()) {
      const wt::peer_trouble trouble = again->second;
      repeated_.erase(again);
      if (const auto connection = to.lock()) make_trouble(*connection, trouble);
      return;
    }
    if (route == "/lightpush/v3/message" && is_nwaku && state_ != wt::peer_state::legacy) {
      return push(call, to, false);
    }
    if (route == "/lightpush/v1/message" && (!is_nwaku || state_ == wt::peer_state::legacy)) {
      return push(call, to, true);
    }
    if (path.size() >= 3 && path[0] == "filter") return filter(call, path, to);
    if (route == "/store/v3/messages") return query(call, to);
    if (path.size() >= 3 && path[0] == "relay") return relayed(call, path, to);
    send(to, 404, "404 page not found\n");
  }

  void arrive(const http_call& call, const connection_type& to, kit_request seen,
              std::function<std::pair<unsigned, std::string>(const kit_answer&)> shape) {
    seen.peer = index_;
    desk_.arrived(std::move(seen), [this, call, to, shape](const kit_answer& with) {
      const auto connection = to.lock();
      if (!connection) return true;
      if (const auto* trouble = std::get_if<wt::peer_trouble>(&with)) {
        const bool quiet = *trouble != wt::peer_trouble::garbage;
        if (quiet && call.on_used_connection)
          repeated_.emplace(call.method + call.target + call.body, *trouble);
        make_trouble(*connection, *trouble);
      } else {
        const auto [status, body] = shape(with);
        connection->answer(status, body);
      }
      return true;
    });
  }
  static void make_trouble(http_connection& connection, wt::peer_trouble trouble) {
    if (trouble == wt::peer_trouble::reset) return connection.reset();
    if (trouble == wt::peer_trouble::garbage) connection.write("\xff\xff\xff no such protocol\r\n\r\n");
    connection.close();
  }
  void push(const http_call& call, const connection_type& to, bool legacy) {
    const json asked = json::parse(call.body);
    kit_request seen;
    seen.kind = wr::operation_kind::lightpush;
    seen.legacy = legacy;
    seen.pubsub_topic = asked.at("pubsubTopic");
    seen.message = message_in(asked.at("message"));
    arrive(call, to, std::move(seen), [legacy](const kit_answer& with) {
      const auto& reply = std::get<wr::lightpush_reply>(with);
      json body = json::object();
      if (reply.relay_peer_count) body["relayPeerCount"] = *reply.relay_peer_count;
      if (!reply.description.empty()) body["statusDesc"] = reply.description;
      if (!legacy) return std::pair(reply.status, body.dump());
      // v1 has a text; that of a 404 is written as JSON, to tell it from a route that is not there.
      if (reply.status == 404) return std::pair(reply.status, json(reply.description).dump());
      return std::pair(reply.status, reply.status == 200 ? std::string("true") : reply.description);
    });
  }
  void filter(const http_call& call, const std::vector<std::string>& path, const connection_type& to) {
    if (path[2] == "messages") {
      std::pair<std::string, std::string> topics("", path.back());
      if (Dialect::reads_by_pubsub_topic) topics.first = path.at(3);
      REQUIRE(path.size() == (Dialect::reads_by_pubsub_topic ? 5 : 4));
      return give(to, kept_[topics]);
    }
    kit_request seen;
    std::string id;
    if (path.size() == 4) {
      seen.kind = wr::operation_kind::filter_ping;
      id = path[3];
    } else {
      const json asked = json::parse(call.body);
      REQUIRE(call.headers.at("content-type") == "application/json");
      seen.kind = call.method == "DELETE" ? wr::operation_kind::filter_unsubscribe
                                          : wr::operation_kind::filter_subscribe;
      seen.pubsub_topic = asked.at("pubsubTopic");
      for (const json& each : asked.at("contentFilters")) seen.content_topics.push_back(each);
      id = asked.at("requestId");
    }
    arrive(call, to, std::move(seen), [id](const kit_answer& with) {
      const std::uint32_t status = std::get<wr::filter_reply>(with).status;
      const json body = {{"requestId", id}, {"statusDesc", status == 200 ? "OK" : "refused"}};
      return std::pair(status, body.dump());
    });
  }
  // The two ways of writing that there is nothing.
  void give(const connection_type& to, std::vector<json>& messages) {
    const json body = messages.empty() && !is_nwaku ? json() : json(std::exchange(messages, {}));
    send(to, 200, body.dump());
  }
  void query(const http_call& call, const connection_type& to) {
    auto asked = query_of(call.target);
    kit_request seen;
    seen.kind = wr::operation_kind::store_query;
    seen.pubsub_topic = asked["pubsubTopic"];
    seen.content_topics = list_in(asked["contentTopics"]);
    for (const std::string& each : list_in(asked["hashes"])) {
      const auto bytes = hash_in(each);
      REQUIRE(bytes.size() == wr::message_hash::size);
      std::copy(bytes.begin(), bytes.end(), seen.hashes.emplace_back().bytes.begin());
    }
    if (asked.contains("startTime"))
      seen.time_start = wr::wall_time(wr::duration(std::stoll(asked["startTime"])));
    if (asked.contains("endTime")) seen.time_end = wr::wall_time(wr::duration(std::stoll(asked["endTime"])));
    seen.include_data = asked["includeData"] == "true";
    if (asked.contains("cursor")) seen.cursor = hash_in(asked["cursor"]);
    if (asked.contains("pageSize")) seen.limit = static_cast<std::uint32_t>(std::stoul(asked["pageSize"]));
    seen.forward = asked["ascending"] == "true";
    if (!is_nwaku) CHECK(asked["peerAddr"] == "/ip4/127.0.0.1/tcp/60000");
    arrive(call, to, std::move(seen), [](const kit_answer& with) {
      const auto& page = std::get<wr::store_reply<wr::message>>(with);
      if (!wr::is_success(page.status) && page.status != 404)
        return std::pair(page.status, std::string("refused"));
      return std::pair(page.status, page_text(page));
    });
  }
  static std::string page_text(const wr::store_reply<wr::message>& page) {
    json body = json::object();
    body[is_nwaku ? "requestId" : "request_id"] = "";
    body[is_nwaku ? "statusCode" : "status_code"] = page.status;
    body["messages"] = is_nwaku ? json::array() : json();
    for (const auto& entry : page.entries) {
      json each = json::object();
      each[is_nwaku ? "messageHash" : "message_hash"] = told_hash(entry.hash.bytes);
      if (entry.body) {
        json& m = each["message"] = rest::json_of(*entry.body);
        if (!is_nwaku) m["timestamp"] = std::to_string(entry.body->timestamp);
      }
      body["messages"].push_back(each);
    }
    if (!page.cursor.empty())
      body[is_nwaku ? "paginationCursor" : "pagination_cursor"] = told_hash(page.cursor);
    return body.dump();
  }
  void relayed(const http_call& call, const std::vector<std::string>& path, const connection_type& to) {
    if (path[2] == "subscriptions") {
      for (const json& each : json::parse(call.body)) {
        if (call.method == "POST") joined_[each];
        if (call.method == "DELETE") joined_.erase(each.get<std::string>());
      }
      return send(to, 200, is_nwaku ? "OK" : "true");
    }
    if (call.method == "GET") {
      const auto found = joined_.find(path.at(3));
      return found == joined_.end() ? send(to, 404, "not subscribed") : give(to, found->second);
    }
    kit_request seen;
    seen.kind = wr::operation_kind::relay_publish;
    seen.pubsub_topic = path.at(3);
    seen.message = message_in(json::parse(call.body));
    desk_.arrived(std::move(seen));
    send(to, 200, is_nwaku ? "OK" : "true");
  }

  static wr::message message_in(const json& object) {
    const auto made = rest::message_of<wr::message>(object);
    REQUIRE(made);
    return *made;
  }
  static std::vector<std::string> list_in(const std::string& text) {
    std::vector<std::string> items;
    std::istringstream stream(text);
    for (std::string each; std::getline(stream, each, ',');) items.push_back(each);
    return items;
  }
  static std::vector<std::byte> hash_in(const std::string& text) {
    const bool own = is_nwaku ? text.starts_with("0x") : text.find_first_of("+/") == text.npos;
    CHECK(own);
    return (is_nwaku ? rest::from_hex(text) : rest::from_base64(text)).value();
  }
  static std::string told_hash(std::span<const std::byte> bytes) {
    return is_nwaku ? "0x" + wr::to_hex(bytes) : rest::to_base64(bytes);
  }

  asio::any_io_executor executor_;
  std::size_t index_;
  wt::peer_desk<wr::message>& desk_;
  wt::peer_state state_{};
  std::uint16_t port_ = 0;
  std::optional<http_server> server_;
  std::map<std::pair<std::string, std::string>, std::vector<json>> kept_;
  std::map<std::string, std::vector<json>> joined_;
  std::map<std::string, wt::peer_trouble> repeated_;
};

}  // namespace rest_bench
