// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <host.hpp>
#include <network.hpp>
#include <service.hpp>
#include <stream.hpp>
#include <transport.hpp>
#include <waku/reliability/capability/event_sink.hpp>
#include <waku/reliability/wire/client.hpp>
#include <waku/reliability/wire/codecs.hpp>

#include <program/storing_node.hpp>

#include "profile.hpp"
#include "settings.hpp"
#include "told.hpp"

namespace live_probe {

namespace wl = waku_live;
namespace ww = wr::wire;

/// A command cannot be carried out; what() is the `why` of its answer.
class refused : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A transport and services on one host, which do what the lines of a driver say. Answers and events go to the standard
/// output, a line each.
class probe : private wl::peer_watcher {
 public:
  probe(asio::io_context& context, const settings& chosen)
      : context_(&context),
        chosen_(chosen),
        host_(context.get_executor(), host_options_of(chosen)),
        network_(host_, network_options_of(chosen)),
        node_(profile_of(chosen), chosen.store_file, {}, chosen.cluster, chosen.shards_in_cluster),
        service_(network_, node_, profile_of(chosen)),
        transport_(network_) {
    node_.forward = [this](std::string_view topic, const wr::message& m) {
      return service_.forward(topic, m);
    };
    transport_.attach(wr::event_sink<wr::message>(inbox_));
    for (const std::uint32_t shard : chosen.shards)
      transport_.relay_join(ww::shard{chosen.cluster, static_cast<std::uint16_t>(shard)}.to_string());
    network_.watch(*this);
    network_.start();
    say({{"event", "started"}, {"peer", host_.peer()}, {"addresses", host_.addresses()}});
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;
  ~probe() { network_.unwatch(*this); }

  void run(std::string_view line) {
    json id;
    try {
      const json asked = json::parse(line);
      id = asked.value("id", json());
      run(asked, answer_to(id));
    } catch (const std::exception& error) {
      answer_to(id)(json{{"why", error.what()}});
    }
  }

 private:
  using entry = wr::inbox<wr::message>::entry;
  /// Told once how a command ended: with `why` where it failed.
  using answer = std::function<void(json)>;

  static constexpr auto patience = std::chrono::seconds(30);

  static wl::host_options host_options_of(const settings& chosen) {
    wl::host_options made;
    made.listen = {chosen.listen};
    made.key_file = chosen.key_file;
    made.relay = chosen.serves("relay");
    return made;
  }
  static wl::network_options network_options_of(const settings& chosen) {
    wl::network_options made;
    made.cluster = chosen.cluster;
    made.shards = chosen.shards;
    return made;
  }
  static void say(const json& line) {
    std::cout << line.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
  static answer answer_to(const json& id) {
    return [id](json said) {
      said["event"] = "done";
      said["id"] = id;
      said["ok"] = !said.contains("why");
      say(said);
    };
  }

  // Commands.

  void run(const json& asked, const answer& done) {
    const std::string command = asked.value("do", "");
    if (command == "dial") return dial(asked.at("address"), done);
    if (command == "hash")
      return done({{"hash", hex(node_.hash_of(topic_of(asked), message_of(asked.at("message"))))}});
    if (command == "relay_join" || command == "relay_leave") {
      if (!host_.relays()) throw refused("unsupported");
      command == "relay_join" ? transport_.relay_join(topic_of(asked))
                              : transport_.relay_leave(topic_of(asked));
      return done(json::object());
    }
    if (command == "relay_publish") return relay_publish(asked, done);
    const std::map<std::string_view, void (probe::*)(const json&, wr::peer_id, const answer&)> of_peers = {
        {"protocols", &probe::protocols},
        {"metadata", &probe::metadata},
        {"lightpush", &probe::lightpush},
        {"filter_subscribe", &probe::filter_subscribe},
        {"filter_unsubscribe", &probe::filter_unsubscribe},
        {"filter_ping", &probe::filter_ping},
        {"store", &probe::store}};
    const auto found = of_peers.find(command);
    if (found == of_peers.end()) throw refused("unsupported");
    (this->*found->second)(asked, network_.number_of(asked.at("peer").get<std::string>()), done);
  }

  void dial(const std::string& address, const answer& done) {
    host_.dial(address, [this, done](wl::host_error error, std::string_view peer, std::string_view why) {
      if (error != wl::host_error::none)
        return done({{"why", why.empty() ? std::string(wl::name_of(error)) : std::string(why)}});
      const wl::network_peer* known = network_.find(network_.number_of(peer));
      if (known->appeared) return done({{"peer", peer}});
      const auto limit = std::make_shared<asio::steady_timer>(*context_, patience);
      limit->async_wait([this, name = std::string(peer)](std::error_code cancelled) {
        if (!cancelled) end_dials(name, {{"why", "it was not identified"}});
      });
      dialling_.emplace(peer, std::pair(done, limit));
    });
  }
  void end_dials(const std::string& peer, const json& said) {
    const auto [first, last] = dialling_.equal_range(peer);
    std::vector<std::pair<answer, std::shared_ptr<asio::steady_timer>>> ended;
    for (auto each = first; each != last; ++each) ended.push_back(std::move(each->second));
    dialling_.erase(first, last);
    for (const auto& [done, limit] : ended) {
      limit->cancel();
      done(said);
    }
  }
  void appeared(const wl::network_peer& peer) override { end_dials(peer.id, {{"peer", peer.id}}); }
  void trouble(const wl::peer_notice& notice) override {
    if (notice.trouble == wl::peer_trouble::other_cluster)
      end_dials(std::string(notice.peer), {{"why", "it is of cluster " + std::to_string(*notice.cluster)}});
    if (notice.trouble == wl::peer_trouble::no_cluster)
      end_dials(std::string(notice.peer), {{"why", "it names no cluster"}});
  }

  void protocols(const json&, wr::peer_id peer, const answer& done) {
    const wl::network_peer* known = network_.find(peer);
    if (!known->appeared) throw refused("the peer has not been identified");
    done({{"protocols", known->protocols}});
  }

  void relay_publish(const json& asked, const answer& done) {
    if (!host_.relays()) throw refused("unsupported");
    const auto lent = lend(asked);
    const auto operation = next(wr::operation_kind::relay_publish, [done, lent](const entry& told) {
      const auto& end = std::get<wr::operation_ended<wr::relay_reply>>(told);
      if (const auto* reply = std::get_if<wr::relay_reply>(&end.result))
        return done({{"peers", reply->peer_count}, {"hash", hex(lent->hash)}});
      done({{"why", why(end.result)}});
    });
    transport_.relay_publish({operation, lent->topic, lent->message, lent->hash},
                             handle<wr::relay_reply>(operation));
  }

  void lightpush(const json& asked, wr::peer_id peer, const answer& done) {
    const auto lent = lend(asked);
    const int version = asked.value("version", 3);
    const auto tell = [done, lent](const wr::reply_or_error<wr::lightpush_reply>& result) {
      const auto* reply = std::get_if<wr::lightpush_reply>(&result);
      if (reply == nullptr) return done({{"why", why(result)}});
      json said = {{"status", reply->status}, {"text", reply->description}, {"hash", hex(lent->hash)}};
      if (reply->relay_peer_count) said["relay_peers"] = *reply->relay_peer_count;
      done(said);
    };
    const wl::network_peer* known = network_.find(peer);
    const bool speaks_newest = known->speaks(ww::protocol::lightpush);
    if (version == 3 && !speaks_newest && known->appeared) throw refused("unsupported_protocol");
    // The transport asks by v3 where it can.
    if (version == 2 && speaks_newest) return push_by_v2(lent, peer, tell);
    const auto operation = next(wr::operation_kind::lightpush, [tell](const entry& told) {
      tell(std::get<wr::operation_ended<wr::lightpush_reply>>(told).result);
    });
    transport_.lightpush({operation, peer, lent->topic, lent->message, lent->hash},
                         handle<wr::lightpush_reply>(operation));
  }

  void filter_subscribe(const json& asked, wr::peer_id peer, const answer& done) {
    const std::vector<std::string> topics = asked.at("content_topics");
    const std::vector<std::string_view> views(topics.begin(), topics.end());
    const std::string topic = topic_of(asked);
    const auto operation = next_filter(wr::operation_kind::filter_subscribe, done);
    transport_.filter_subscribe({operation, peer, topic, views}, handle<wr::filter_reply>(operation));
  }
  void filter_unsubscribe(const json& asked, wr::peer_id peer, const answer& done) {
    const std::vector<std::string> topics = asked.value("content_topics", std::vector<std::string>());
    if (topics.empty()) throw refused("unsupported");  // all: the library never asks it
    const std::vector<std::string_view> views(topics.begin(), topics.end());
    const std::string topic = topic_of(asked);
    const auto operation = next_filter(wr::operation_kind::filter_unsubscribe, done);
    transport_.filter_unsubscribe({operation, peer, topic, views}, handle<wr::filter_reply>(operation));
  }
  void filter_ping(const json& asked, wr::peer_id peer, const answer& done) {
    const std::string topic = asked.value("pubsub_topic", "");
    const auto operation = next_filter(wr::operation_kind::filter_ping, done);
    transport_.filter_ping({operation, peer, topic}, handle<wr::filter_reply>(operation));
  }

  void store(const json& asked, wr::peer_id peer, const answer& done) {
    wr::store_request made{};
    made.peer = peer;
    made.legacy = asked.value("version", 3) == 2;
    made.include_data = asked.value("include_data", true);
    made.forward = asked.value("forward", true);
    made.limit = asked.value("page_size", made.limit);
    const std::vector<std::string> hash_texts = asked.value("hashes", std::vector<std::string>());
    const std::vector<std::string> topics = asked.value("content_topics", std::vector<std::string>());
    const std::vector<std::string_view> views(topics.begin(), topics.end());
    if (made.legacy && (!hash_texts.empty() || !made.include_data)) throw refused("unsupported");
    std::vector<wr::message_hash> hashes;
    for (const std::string& each : hash_texts) hashes.push_back(from_hex(each));
    const std::string topic = asked.value("pubsub_topic", "");
    wr::store_cursor cursor;
    if (const std::string text = asked.value("cursor", ""); !text.empty()) {
      if (made.legacy) {
        cursor = from_base64(text);
      } else {
        const wr::message_hash at = from_hex(text);
        cursor.assign(at.bytes.begin(), at.bytes.end());
      }
    }
    const auto time = [&asked](const char* name) -> std::optional<wr::wall_time> {
      if (!asked.contains(name)) return std::nullopt;
      return wr::wall_time(wr::duration(nanoseconds(asked.at(name).get<std::string>())));
    };
    made.time_start = time("start");
    made.time_end = time("end");
    made.hashes = hashes;
    made.content_topics = views;
    made.pubsub_topic = topic;
    made.cursor = cursor;
    made.operation =
        next(wr::operation_kind::store_query, [this, done, topic, legacy = made.legacy](const entry& told) {
          const auto& end = std::get<wr::operation_ended<wr::store_reply<wr::message>>>(told);
          const auto* page = std::get_if<wr::store_reply<wr::message>>(&end.result);
          if (page == nullptr) return done({{"why", why(end.result)}});
          done(told_page(*page, topic, legacy));
        });
    transport_.store_query(made, handle<wr::store_reply<wr::message>>(made.operation));
  }
  json told_page(const wr::store_reply<wr::message>& page, const std::string& topic, bool legacy) {
    json entries = json::array();
    for (const auto& each : page.entries) {
      json said = {{"hash", hex(legacy && each.body ? node_.hash_of(topic, *each.body) : each.hash)}};
      if (!topic.empty()) said["pubsub_topic"] = topic;
      if (each.body) said["message"] = told_of(*each.body);
      entries.push_back(std::move(said));
    }
    json said = {{"status", page.status}, {"text", ""}, {"entries", std::move(entries)}};
    if (!page.cursor.empty() && legacy) said["cursor"] = to_base64(page.cursor);
    if (page.cursor.size() == wr::message_hash::size && !legacy) {
      wr::message_hash at;
      std::copy(page.cursor.begin(), page.cursor.end(), at.bytes.begin());
      said["cursor"] = hex(at);
    }
    return said;
  }

  // Requests that the transport never makes: of metadata as another node, and by v2 where there is v3.

  void metadata(const json& asked, wr::peer_id peer, const answer& done) {
    ws::metadata own;
    own.cluster = asked.value("cluster", chosen_.cluster);
    own.shards = asked.value("shards", std::vector<std::uint32_t>());
    ww::byte_buffer frame;
    metadata_.encode(own, frame);
    exchange(peer, ww::protocol::metadata, ww::frame_limit(ww::frames::metadata, {}), std::move(frame),
             [this, done](std::optional<wl::frame_stream::byte_span> body) {
               ws::metadata told;
               if (!body || metadata_.decode(*body, told)) return done({{"why", "it did not answer"}});
               json said = {{"shards", told.shards}};
               if (told.cluster) said["cluster"] = *told.cluster;
               done(said);
             });
  }
  template <class Lent, class Tell>
  void push_by_v2(const std::shared_ptr<Lent>& lent, wr::peer_id peer, const Tell& tell) {
    const std::string id = "probe-" + std::to_string(++operations_);
    ww::byte_buffer frame;
    const auto spoken =
        client_.write(wr::lightpush_request<wr::message>{{}, peer, lent->topic, lent->message, lent->hash},
                      true, id, frame);
    exchange(peer, spoken, client_.reply_limit(spoken), std::move(frame),
             [this, tell, spoken, id](std::optional<wl::frame_stream::byte_span> body) {
               if (!body) return tell(wr::transport_error::empty_reply);
               tell(client_.read<wr::lightpush_reply>(spoken, *body, id));
             });
  }
  // Calls `done` once, with the reply or without.
  template <class Done>
  void exchange(wr::peer_id to, ww::protocol spoken, std::size_t limit, ww::byte_buffer frame, Done done) {
    const ww::protocol protocols[] = {spoken};
    const auto stream = wl::frame_stream::open(host_, network_.find(to)->id, protocols, patience);
    stream->on_open = [raw = stream.get(), limit, frame = std::move(frame)](ww::protocol) {
      raw->expect(limit);
      raw->write(frame);
      raw->close();
    };
    stream->on_frame = [raw = stream.get(), done](wl::frame_stream::byte_span body) {
      done(body);
      raw->release();
    };
    stream->on_end = [raw = stream.get(), done](wl::stream_end) {
      raw->release();
      done(std::nullopt);
    };
  }

  // What a request lends, kept until its end.
  struct lent_message {
    std::string topic;
    wr::message message;
    wr::message_hash hash;
  };
  std::shared_ptr<lent_message> lend(const json& asked) {
    auto made = std::make_shared<lent_message>();
    made->message = message_of(asked.at("message"));
    made->topic = topic_of(asked);
    made->hash = node_.hash_of(made->topic, made->message);
    return made;
  }
  // With autosharding the topic need not be named.
  std::string topic_of(const json& asked) {
    if (asked.contains("pubsub_topic")) return asked.at("pubsub_topic");
    std::string content_topic;
    if (asked.contains("message")) content_topic = asked.at("message").value("content_topic", "");
    if (asked.contains("content_topics")) content_topic = asked.at("content_topics").at(0);
    auto topic = node_.shard_of(content_topic);
    if (!topic) throw refused("no pubsub topic, and no shard of the content topic");
    return *std::move(topic);
  }

  // Operations and their ends.

  wr::operation_id next(wr::operation_kind kind, std::function<void(const entry&)> ended) {
    const wr::operation_id made(kind, 0, ++operations_);
    waiting_.emplace(made.value(), std::move(ended));
    return made;
  }
  wr::operation_id next_filter(wr::operation_kind kind, const answer& done) {
    return next(kind, [done](const entry& told) {
      const auto& end = std::get<wr::operation_ended<wr::filter_reply>>(told);
      if (const auto* reply = std::get_if<wr::filter_reply>(&end.result))
        return done({{"status", reply->status}, {"text", ""}});
      done({{"why", why(end.result)}});
    });
  }
  template <class Reply>
  wr::reply_handle<wr::message, Reply> handle(wr::operation_id operation) {
    return {inbox_, operation};
  }
  template <class Reply>
  static std::string why(const wr::reply_or_error<Reply>& result) {
    switch (std::get<wr::transport_error>(result)) {
      case wr::transport_error::timeout: return "timeout";
      case wr::transport_error::connection_lost: return "connection_lost";
      case wr::transport_error::dial_failed: return "dial_failed";
      case wr::transport_error::empty_reply: return "empty_reply";
      case wr::transport_error::undecodable_reply: return "undecodable_reply";
      case wr::transport_error::unsupported_protocol: return "unsupported_protocol";
      case wr::transport_error::transport_threw: return "transport_threw";
    }
    return "an unknown error";
  }

  static void woken(void* context) {
    auto& self = *static_cast<probe*>(context);
    asio::post(*self.context_, [&self] { self.take(); });
  }
  void take() {
    wr::inbox<wr::message>::batch taken;
    inbox_.get()->take(taken);
    for (entry& each : taken.entries) std::visit([&](auto& told) { note(told, each, taken); }, each);
  }
  using batch = wr::inbox<wr::message>::batch;
  template <class Reply>
  void note(wr::operation_ended<Reply>& told, const entry& all, const batch&) {
    if (auto found = waiting_.extract(told.operation.value())) found.mapped()(all);
  }
  void note(wr::inbox<wr::message>::pushed& told, const entry&, const batch& taken) {
    json said = told_message("filter", taken.view(told.pubsub_topic), told.message);
    if (const wl::network_peer* from = network_.find(told.peer)) said["peer"] = from->id;
    say(said);
  }
  void note(wr::inbox<wr::message>::relayed& told, const entry&, const batch& taken) {
    say(told_message("relay", taken.view(told.pubsub_topic), told.message));
  }
  template <class Other>
  void note(Other&, const entry&, const batch&) {}
  json told_message(const char* via, std::string_view topic, const wr::message& m) {
    return {{"event", "message"},
            {"via", via},
            {"pubsub_topic", topic},
            {"message", told_of(m)},
            {"hash", hex(node_.hash_of(topic, m))}};
  }

  asio::io_context* context_;
  settings chosen_;
  wr::inbox_reference<wr::message> inbox_{new wr::inbox<wr::message>(&probe::woken, this)};
  std::map<std::uint64_t, std::function<void(const entry&)>> waiting_;  // by operation
  std::multimap<std::string, std::pair<answer, std::shared_ptr<asio::steady_timer>>> dialling_;  // by peer
  std::uint64_t operations_ = 0;
  ww::metadata_codec metadata_;
  ww::basic_client<ww::own_codecs, wr::message> client_;
  wl::host host_;
  wl::network network_;
  live_program::storing_node node_;
  wl::libp2p_service<live_program::storing_node> service_;
  wl::libp2p_transport<> transport_;
};

}  // namespace live_probe
