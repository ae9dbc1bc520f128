// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include <waku/reliability.hpp>
#include <waku/reliability/adapter/asio.hpp>
#include <waku/reliability/adapter/openssl.hpp>
#include <waku/reliability/adapter/rest/text.hpp>

#include "../program/console.hpp"
#include "../program/end_signals.hpp"
#include "../program/naming.hpp"
#include "counts.hpp"
#include "line_input.hpp"
#include "narration.hpp"
#include "told_transport.hpp"
#include "topics.hpp"

namespace live_light_client {

/// Every strategy; but each message is asked for by itself, so that a person has the verdict in seconds.
struct light_policies : wr::changed<wr::light_client, wr::store_presence, narrated> {};
/// The same for a client that takes part in the relay.
struct relay_policies : wr::changed<wr::relay_with_store, wr::store_presence, narrated> {};

/// A node between the standard input and a console, over any transport, all of which must outlive it.
template <class Policies, class Transport>
class conversation {
 public:
  using strand_type = asio::strand<asio::any_io_executor>;

  conversation(asio::io_context& context, const strand_type& strand, lp::console& to, const topics& chosen,
               narration& told, Transport& inner)
      : context_(&context),
        strand_(strand),
        console_(&to),
        topics_(&chosen),
        narration_(&told),
        transport_(inner, told),
        node_(strand_, transport_, {}, {}, narrated{&told}),
        guard_(strand_),
        input_(strand_, [this](std::vector<std::string> lines, bool over) { take(std::move(lines), over); }),
        signals_(strand_, [this] { end(); }) {}
  conversation(const conversation&) = delete;
  conversation& operator=(const conversation&) = delete;
  ~conversation() = default;

  /// Subscribes, and shows what comes from now on. To be called on the strand.
  void start() {
    node_.listen({.on_finished = [this](const wr::finished& finished) { tell_verdict(finished); }});
    for (const auto& [pubsub_topic, content_topics] : topics_->received) {
      if (const auto refused = node_.subscribe(pubsub_topic, std::span<const std::string>(content_topics));
          !refused)
        return fail(make_error_code(refused.error()).message());
    }
    for (std::size_t each = 0; each < receives; ++each) receive();
  }
  /// Runs until the input's end, once all verdicts are there, or a signal. The exit code, which is 1 where not every
  /// line is confirmed.
  int run() {
    context_->run();
    return console_->exit_code(code_);
  }
  /// Ends with code 2, and a sentence that says why, if that is not told yet.
  void fail(std::string_view sentence) {
    if (!sentence.empty())
      console_->note({{"event", "notice"}, {"notice", "failed"}, {"sentence", sentence}}, sentence);
    code_ = 2;
    end();
  }

  [[nodiscard]] bool ending() const noexcept { return ending_; }
  /// Lines without a verdict.
  [[nodiscard]] std::size_t pending() const { return node_.pending() + lines_.size(); }
  [[nodiscard]] std::uint64_t confirmed() const noexcept { return counts_.confirmed; }
  /// What it has at the moment.
  [[nodiscard]] json amounts() const {
    return {{"lines", lines_.size()},
            {"pending", node_.pending()},
            {"operations", node_.operations()},
            {"requests", transport_.requests()},
            {"waiting_messages", node_.waiting_messages()}};
  }

 private:
  using node_type = wr::asio_node<Policies, told_transport<Transport>, wr::message, wr::openssl_hasher>;

  /// So many lines may be without a verdict; the rest of the input waits.
  static constexpr std::size_t pending_max = 256;
  /// So many messages are awaited at once: those of a burst wait in a queue, which drops the oldest when it is full.
  static constexpr std::size_t receives = 256;
  /// For the answers of filter nodes to the last that they are asked.
  static constexpr auto farewell = std::chrono::seconds(2);

  // Lines.

  void take(std::vector<std::string> lines, bool over) {
    std::move(lines.begin(), lines.end(), std::back_inserter(lines_));
    over_ = over;
    held_back_ = true;
    publish();
  }
  void publish() {
    if (ending_) return;
    while (!lines_.empty() && node_.pending() < pending_max) {
      publish(lines_.front());
      lines_.pop_front();
    }
    if (!lines_.empty()) return;
    if (!over_) {
      if (std::exchange(held_back_, false)) input_.more();
    } else if (node_.pending() == 0) {
      end();
    } else {
      limit_wait();
    }
  }
  void publish(const std::string& line) {
    wr::message m;
    const std::uint64_t id = ++taken_;
    if (line.empty()) {
      if (console_->for_machines())
        console_->tell(
            {{"event", "notice"}, {"notice", "skipped"}, {"id", id}, {"sentence", "the line is empty"}}, {});
      return;
    }
    const auto bytes = std::as_bytes(std::span(line));
    m.payload.assign(bytes.begin(), bytes.end());
    m.content_topic = topics_->content_topic;
    const auto request = node_.publish(topics_->pubsub_topic, std::move(m));
    if (!request) {
      ++counts_.refused;
      const std::string why = make_error_code(request.error()).message();
      return console_->tell(
          {{"event", "notice"}, {"notice", "refused"}, {"id", id}, {"text", line}, {"sentence", why}},
          "line " + std::to_string(id) + ": not sent: " + why + ": " + shown(line));
    }
    ++counts_.published;
    narration_->name(*request, id);
    if (!console_->for_machines()) return;
    console_->tell({{"event", "published"}, {"id", id}, {"text", line}}, {});
  }
  static std::string shown(const std::string& line) {
    return line.size() <= 60 ? line : line.substr(0, 57) + "...";
  }

  void tell_verdict(const wr::finished& finished) {
    counts_.add(finished.outcome);
    const std::uint64_t id = narration_->end(finished.request);
    json object = {{"event", "verdict"}, {"id", id}, {"verdict", name_of(finished.outcome)}};
    std::string sentence = "line " + std::to_string(id) + ": " + std::string(name_of(finished.outcome));
    if (finished.hash) object["hash"] = lp::hex(*finished.hash);
    if (const auto* confirmed = std::get_if<wr::confirmed>(&finished.outcome)) {
      object["by"] = name_of(confirmed->by);
      object["transmissions"] = confirmed->transmissions;
      object["seconds"] = std::chrono::duration<double>(confirmed->latency).count();
      sentence += " by a store after " + seconds(confirmed->latency);
      if (confirmed->transmissions > 1)
        sentence += ", sent " + std::to_string(confirmed->transmissions) + " times";
    } else if (const std::string_view why = reason_of(finished.outcome); !why.empty()) {
      object["why"] = why;
      sentence += " (" + std::string(why) + ")";
    }
    console_->tell(object, sentence);
    publish();
  }

  // What others say.

  void receive() {
    node_.async_receive([this](std::error_code error, const typename node_type::received_type& received) {
      if (error) return;
      ++counts_.received;
      if (received.dropped_before != 0) {
        const std::string sentence = std::to_string(received.dropped_before) +
                                     " messages came faster than they could be shown, and are lost";
        console_->note({{"event", "notice"},
                        {"notice", "lost"},
                        {"messages", received.dropped_before},
                        {"sentence", sentence}},
                       sentence);
      }
      const auto& payload = received.message.payload;
      const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
      console_->tell({{"event", "received"},
                      {"hash", lp::hex(received.hash)},
                      {"pubsub_topic", received.pubsub_topic},
                      {"content_topic", received.message.content_topic},
                      {"timestamp", std::to_string(received.message.timestamp)},
                      {"by", name_of(received.by)},
                      {"text", text},
                      {"payload", wr::rest::to_base64(payload)}},
                     "> " + std::string(text));
      receive();
    });
  }
  static std::string_view name_of(wr::delivered_by by) noexcept {
    switch (by) {
      case wr::delivered_by::filter: return "filter";
      case wr::delivered_by::relay: return "relay";
      case wr::delivered_by::store: return "store";
      case wr::delivered_by::own: return "own";
    }
    return "unknown";
  }
  static std::string_view name_of(const wr::outcome& end) noexcept { return wr::name_of(end); }
  static std::string_view name_of(wr::confirmed_by by) noexcept { return wr::name_of(by); }

  // The end.

  // Every message has its verdict by its deadline; this is for a clock that is not what it was.
  void limit_wait() {
    if (std::exchange(waiting_, true)) return;
    guard_.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(
        node_.numbers().confirmation.deadline + std::chrono::seconds(30)));
    guard_.async_wait([this](std::error_code error) {
      if (!error) end();
    });
  }
  // Filter nodes would push to nobody for minutes.
  void end() {
    if (std::exchange(ending_, true)) return;
    for (const auto& [pubsub_topic, content_topics] : topics_->received)
      static_cast<void>(node_.unsubscribe(pubsub_topic, std::span<const std::string>(content_topics)));
    guard_.expires_after(farewell);
    guard_.async_wait([this](std::error_code error) {
      if (!error) stop();
    });
    transport_.when_unsubscribed([this] { asio::post(strand_, [this] { stop(); }); });
  }
  void stop() {
    if (std::exchange(stopping_, true)) return;
    guard_.cancel();
    transport_.when_unsubscribed({});
    narration_->stop_telling();
    node_.async_stop([this](std::error_code) { asio::post(strand_, [this] { tell_summary(); }); });
  }
  void tell_summary() {
    if (code_ == EXIT_SUCCESS) {
      if (counts_.confirmed != counts_.published || counts_.refused != 0 || !lines_.empty())
        code_ = EXIT_FAILURE;
      const auto count = [](std::uint64_t number, std::string_view what) {
        return std::to_string(number) + ' ' + std::string(what);
      };
      std::string sentence = count(counts_.published, "sent") + ": " + count(counts_.confirmed, "confirmed");
      if (counts_.unconfirmed != 0) sentence += ", " + count(counts_.unconfirmed, "unconfirmed");
      if (counts_.failed != 0) sentence += ", " + count(counts_.failed, "failed");
      if (counts_.cancelled != 0) sentence += ", " + count(counts_.cancelled, "cancelled");
      if (counts_.refused != 0) sentence += "; " + count(counts_.refused, "not sent");
      sentence += "; " + count(counts_.received, "received");
      if (narration_->recovered() != 0)
        sentence += ", of which " + count(narration_->recovered(), "from stores");
      console_->tell({{"event", "summary"},
                      {"published", counts_.published},
                      {"refused", counts_.refused},
                      {"confirmed", counts_.confirmed},
                      {"unconfirmed", counts_.unconfirmed},
                      {"failed", counts_.failed},
                      {"cancelled", counts_.cancelled},
                      {"received", counts_.received},
                      {"recovered", narration_->recovered()}},
                     sentence);
    }
    context_->stop();
  }

  asio::io_context* context_;
  strand_type strand_;
  lp::console* console_;
  const topics* topics_;
  narration* narration_;
  counts counts_;
  told_transport<Transport> transport_;
  node_type node_;
  asio::steady_timer guard_;
  std::deque<std::string> lines_;  // that are not published yet
  std::uint64_t taken_ = 0;        // of the input's lines
  bool held_back_ = false;         // the input waits
  bool over_ = false;              // the input is
  bool waiting_ = false;           // for the last verdicts
  bool ending_ = false;
  bool stopping_ = false;
  int code_ = EXIT_SUCCESS;
  line_input input_;
  lp::end_signals signals_;
};

}  // namespace live_light_client
