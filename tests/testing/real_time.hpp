// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>

#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/core/instant.hpp>
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/testing/conformance/fixture.hpp>

/// For tests over sockets, where time is that of the machine.
namespace real_time {

namespace wr = waku::reliability;
namespace wt = wr::testing;
using namespace std::chrono_literals;

/// Long enough for a busy machine; what is right ends much earlier.
constexpr wr::duration patience = 30s;

/// Runs the context until the condition holds: whether it did in time.
inline bool run_context(asio::io_context& context, const std::function<bool()>& condition,
                        wr::duration limit = patience) {
  const wr::steady_time end = wr::read_clocks().steady + limit;
  while (!condition()) {
    const wr::duration left = end - wr::read_clocks().steady;
    if (left <= wr::duration::zero()) return false;
    context.restart();
    context.run_one_for(std::min<wr::duration>(left, 1ms));
  }
  return true;
}

/// The kit's numbers on a machine that may be busy, which is no fault of the transport.
inline wt::conformance_options kit_options(wr::duration quiet) {
  wt::conformance_options options;
  options.patience = 20s;
  options.quiet = quiet;
  options.silence = 50ms;
  options.at_once = 10s;
  options.many = 50;
  return options;
}

/// What fixtures of the conformance kit have in common where peers are numbered from 0. What runs on the context, or
/// asks the desk, is a member of a derived class and so ends before both.
class fixture_base {
 public:
  using message_type = wr::message;

  wr::steady_time now() const { return wr::read_clocks().steady; }
  bool run_until(const std::function<bool()>& condition, wr::duration limit) {
    return run_context(context_, condition, limit);
  }
  wr::peer_id peer(std::size_t index) const { return static_cast<wr::peer_id>(index); }
  wt::peer_desk<wr::message>& desk() { return desk_; }

 protected:
  asio::io_context context_;
  wt::peer_desk<wr::message> desk_;
};

}  // namespace real_time
