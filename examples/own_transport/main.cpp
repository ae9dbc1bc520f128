// SPDX-License-Identifier: Apache-2.0 OR MIT
// How to bring a network stack of your own, in four files:
//
//   stack.hpp      stands for the stack that you have
//   transport.hpp  what you write: 150 lines that translate
//   fixture.hpp    lets the conformance kit try it
//   main.cpp       tries it, and then lets two people talk over it
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <waku/reliability.hpp>
#include <waku/reliability/testing/conformance.hpp>
#include <waku/reliability/testing/fast_hasher.hpp>
#include <waku/reliability/testing/virtual_clock.hpp>

#include "fixture.hpp"
#include "transport.hpp"
#include "world.hpp"

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view pubsub_topic = "/waku/2/rs/1/0";
constexpr std::string_view content_topics[] = {"/own-transport/1/chat/proto"};

/// The least that a host can be: it wakes the node when asked, and listens. Time is virtual here; in a
/// program of yours wake_at() sets a timer of your event loop.
class host {
 public:
  host(wt::virtual_clock& clock, const char* name) : clock_(&clock), name_(name) {}

  wr::instant now() const { return clock_->now(); }
  void wake_at(wr::steady_time at) {
    clock_->cancel(timer_);
    timer_ = clock_->schedule_at(at, [this] { wake_node(); });
  }
  wt::fast_hasher& hasher() { return hasher_; }  // on the real network: the one of adapter/openssl.hpp
  void received(wr::deliver<wr::message>&& delivery) {
    std::string text;
    for (const std::byte each : delivery.message.payload) text += static_cast<char>(each);
    std::printf("%s hears: %s\n", name_, text.c_str());
    ++heard;
  }
  void propagated(const wr::propagated& /*notice*/) { std::printf("a node took what %s said\n", name_); }
  void finished(const wr::finished& end) {
    std::printf("what %s said is %s %s\n", name_, name_of(end.outcome).data(), reason_of(end.outcome).data());
    if (std::holds_alternative<wr::confirmed>(end.outcome)) ++confirmed;
  }

  std::function<void()> wake_node;
  int heard = 0;
  int confirmed = 0;

 private:
  wt::virtual_clock* clock_;
  const char* name_;
  wt::fast_hasher hasher_;
  wt::timer_id timer_;
};

/// Someone with a stack, a transport, a host and a node; the node goes first and so stands last.
struct person {
  person(wt::virtual_clock& clock, own::world& world, const char* name) : stack(clock), ears(clock, name) {
    world.add(stack);
    ears.wake_node = [this] { node.wake(); };
  }

  bool say(std::string_view text) {
    wr::message message;
    for (const char letter : text) message.payload.push_back(static_cast<std::byte>(letter));
    message.content_topic = content_topics[0];
    return node.publish(pubsub_topic, std::move(message)).has_value();
  }
  bool listen() { return node.subscribe(pubsub_topic, content_topics).has_value(); }

  own::stack stack;
  own::transport transport{stack};
  host ears;
  wr::node<wr::light_client, own::transport, wr::message, host> node{transport, ears};
};

}  // namespace

int main() {
  // First the kit: what is broken is named here, and not by a lost message.
  const wt::conformance_report report = wt::check_transport<own::fixture>();
  std::fputs(report.text().c_str(), stdout);
  if (!report.conforms()) return 1;

  // Then two nodes.
  wt::virtual_clock clock;
  own::world world;
  person alice(clock, world, "Alice");
  person bob(clock, world, "Bob");
  clock.run_for(1s);
  if (!alice.listen() || !bob.listen()) return 1;
  clock.run_for(1s);
  if (!alice.say("Hello, Bob") || !bob.say("Hello, Alice")) return 1;
  clock.run_for(10s);
  const bool both_heard = alice.ears.heard == 1 && bob.ears.heard == 1;
  const bool both_confirmed = alice.ears.confirmed == 1 && bob.ears.confirmed == 1;
  return both_heard && both_confirmed ? 0 : 1;
}
