// SPDX-License-Identifier: Apache-2.0 OR MIT
// Transports with one protocol, fixtures that can do little, and message types of the user's own.
#include <waku/reliability/testing/conformance.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "testing/conformance/letter_transport.hpp"

namespace single_protocols_tests {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

namespace {

/// A message type that shows nothing of itself.
class parcel {
 public:
  parcel() = default;
  explicit parcel(wr::message content) : content_(std::move(content)) {}
  [[nodiscard]] const wr::message& content() const { return content_; }
  void stamp(std::int64_t unix_ns) { content_.timestamp = unix_ns; }

 private:
  wr::message content_;
};

}  // namespace
}  // namespace single_protocols_tests

template <>
struct waku::reliability::message_traits<single_protocols_tests::parcel> {
  using parcel = single_protocols_tests::parcel;
  using plain = message_traits<message>;
  static std::span<const std::byte> payload(const parcel& m) { return plain::payload(m.content()); }
  static std::string_view content_topic(const parcel& m) { return plain::content_topic(m.content()); }
  static std::span<const std::byte> meta(const parcel& m) { return plain::meta(m.content()); }
  static std::int64_t timestamp(const parcel& m) { return m.content().timestamp; }
  static void set_timestamp(parcel& m, std::int64_t unix_ns) { m.stamp(unix_ns); }
  static bool ephemeral(const parcel& m) { return m.content().ephemeral; }
  static std::size_t encoded_size(const parcel& m) { return plain::encoded_size(m.content()); }
};

namespace single_protocols_tests {

namespace {

/// Relays parcels to two neighbours at once; `shorten` takes the last byte of each.
class parcel_transport {
 public:
  parcel_transport(wt::peer_desk<parcel>& desk, bool shorten) : desk_(&desk), shorten_(shorten) {}
  void attach(wr::event_sink<parcel> sink) { sink_ = std::move(sink); }
  void cancel(wr::operation_id /*operation*/) {}
  void relay_publish(const wr::relay_request<parcel>& asked,
                     const wr::reply_handle<parcel, wr::relay_reply>& reply) {
    wr::message content = asked.message.content();
    if (shorten_) content.payload.pop_back();
    wt::peer_request<parcel> arrived{.kind = wr::operation_kind::relay_publish};
    arrived.pubsub_topic = asked.pubsub_topic;
    arrived.message = parcel(std::move(content));
    desk_->arrived(std::move(arrived));
    reply(wr::relay_reply{2});
  }
  void relay_join(std::string_view pubsub_topic) {
    joined_.emplace_back(pubsub_topic);
    sink_.relay_peers(pubsub_topic, 2);
  }
  void relay_leave(std::string_view pubsub_topic) { std::erase(joined_, pubsub_topic); }
  void relayed(std::string_view pubsub_topic, const parcel& arrived) {
    if (std::find(joined_.begin(), joined_.end(), pubsub_topic) == joined_.end()) return;
    sink_.relay_message(pubsub_topic, arrived);
  }

 private:
  wt::peer_desk<parcel>* desk_;
  bool shorten_;
  wr::event_sink<parcel> sink_;
  std::vector<std::string> joined_;
};

class parcel_fixture {
 public:
  using message_type = parcel;
  using transport_type = parcel_transport;

  explicit parcel_fixture(bool shorten) { transport_.emplace(desk_, shorten); }
  parcel_transport& transport() { return *transport_; }
  void destroy_transport() { transport_.reset(); }
  wr::steady_time now() const { return clock_.steady(); }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return wt::run_until(clock_, condition, limit);
  }
  wr::peer_id peer(std::size_t index) const { return static_cast<wr::peer_id>(index); }
  wt::peer_desk<parcel>& desk() { return desk_; }
  void relay(std::string_view pubsub_topic, const parcel& arrived) {
    if (transport_) transport_->relayed(pubsub_topic, arrived);
  }
  std::uint32_t relay_neighbours() const { return 2; }
  parcel make_message(const wr::message& plain) { return parcel(plain); }

 private:
  wt::virtual_clock clock_;
  wt::peer_desk<parcel> desk_;
  std::optional<parcel_transport> transport_;
};

wt::conformance_options quick_options() {
  wt::conformance_options options;
  options.many = 20;
  return options;
}

/// How many checks whose id begins so came to this.
std::size_t count(const wt::conformance_report& report, std::string_view beginning,
                  wt::check_verdict verdict) {
  const auto& all = report.results();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const wt::check_result& each) {
    return each.id.starts_with(beginning) && each.verdict == verdict;
  }));
}

/// A fixture whose peers can only reply, and which cannot change them.
class poor_fixture {
 public:
  using message_type = wr::message;
  using transport_type = letters::transport<wr::capability_set{.lightpush = true}>;

  transport_type& transport() { return rich_.transport(); }
  void destroy_transport() { rich_.destroy_transport(); }
  wr::steady_time now() const { return rich_.now(); }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return rich_.run_until([&] { return (hand_over(), condition()); }, limit);
  }
  wr::peer_id peer(std::size_t index) const { return rich_.peer(index); }
  wt::peer_desk<wr::message>& desk() { return desk_; }

 private:
  void hand_over() {
    for (; handed_over_ < rich_.desk().requests().size(); ++handed_over_) {
      desk_.arrived(rich_.desk().requests()[handed_over_],
                    [this, number = handed_over_](const wt::peer_answer<wr::message>& with) {
                      const bool able = !std::holds_alternative<wt::peer_trouble>(with);
                      return able && rich_.desk().answer(number, with);
                    });
    }
  }

  letters::fixture<wr::capability_set{.lightpush = true}> rich_;
  wt::peer_desk<wr::message> desk_;
  std::size_t handed_over_ = 0;
};

}  // namespace

TEST_CASE("what a transport has not is skipped with the reason, what it has is checked") {
  const auto relay_alone =
      wt::check_transport<letters::fixture<wr::capability_set{.relay = true}>>(quick_options());
  INFO(relay_alone.text());
  CHECK(relay_alone.conforms());
  CHECK(count(relay_alone, "relay.", wt::check_verdict::passed) == 4);
  CHECK(count(relay_alone, "lightpush.", wt::check_verdict::skipped) == 4);
  CHECK(count(relay_alone, "filter.", wt::check_verdict::skipped) == 5);
  CHECK(count(relay_alone, "store.", wt::check_verdict::skipped) == 7);
  CHECK(relay_alone.find("peers.appear")->seen == "the transport has no protocol of service peers");
  CHECK(relay_alone.find("store.cursor")->seen == "the transport has no store");
  CHECK(relay_alone.text().find("skipped  store.cursor: the transport has no store\n") != std::string::npos);

  const auto filter_alone =
      wt::check_transport<letters::fixture<wr::capability_set{.filter = true}>>(quick_options());
  INFO(filter_alone.text());
  CHECK(filter_alone.conforms());
  CHECK(count(filter_alone, "filter.", wt::check_verdict::passed) == 5);
  CHECK(count(filter_alone, "relay.", wt::check_verdict::skipped) == 4);
  CHECK(filter_alone.find("cancel.releases_message")->seen ==
        "the transport has neither lightpush nor relay");

  const auto store_alone =
      wt::check_transport<letters::fixture<wr::capability_set{.store = true}>>(quick_options());
  INFO(store_alone.text());
  CHECK(store_alone.conforms());
  CHECK(count(store_alone, "store.", wt::check_verdict::passed) == 7);
}

TEST_CASE("what a fixture cannot do is skipped with the reason, never taken as passed") {
  const auto report = wt::check_transport<poor_fixture>(quick_options());
  INFO(report.text());
  CHECK(report.conforms());
  CHECK(report.find("reply.exactly_once")->verdict == wt::check_verdict::passed);
  CHECK(report.find("error.garbage")->verdict == wt::check_verdict::skipped);
  CHECK(report.find("error.garbage")->seen == "the fixture's peers cannot give the answer that this needs");
  CHECK(report.find("peers.leave_and_return")->seen == "the fixture has no set_peer()");
  CHECK(report.find("peers.connectivity")->seen == "the fixture has no set_online()");
  CHECK(report.find("request.copies_views")->seen == "the transport has neither filter nor store");
}

TEST_CASE("messages of a type of the user's own are made by the fixture and compared through its traits") {
  const auto right = wt::check_transport([] { return parcel_fixture(false); }, quick_options());
  INFO(right.text());
  CHECK(right.conforms());
  CHECK(count(right, "relay.", wt::check_verdict::passed) == 4);
  const auto wrong = wt::check_transport([] { return parcel_fixture(true); }, quick_options());
  INFO(wrong.text());
  CHECK(wrong.failures() == std::vector<std::string_view>{"relay.publish"});
  CHECK(wrong.find("relay.publish")->seen == "changed on the way: payload");
}

}  // namespace single_protocols_tests
