// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <waku/reliability/testing/direct_passage.hpp>

#include <midscale/network/frame.hpp>

namespace midscale {

namespace wr = waku::reliability;
namespace wt = waku::reliability::testing;

/// Requests, replies and pushes as wt::direct_passage has them, with the bytes that libp2p puts around them.
class framed_passage {
 public:
  framed_passage(std::uint64_t seed, std::uint32_t client) : plain_(seed, client) {}

  template <class Network, class Message>
  auto lightpush(const wt::passage_way<Network>& way, const wr::lightpush_request<Message>& made,
                 wt::message_index message) {
    return framed(plain_.lightpush(way, made, message));
  }
  template <class Network, class Request>
  auto filter(const wt::passage_way<Network>& way, const Request& made) {
    return framed(plain_.filter(way, made));
  }
  template <class Network>
  auto store_query(const wt::passage_way<Network>& way, const wr::store_request& made) {
    return framed(plain_.store_query(way, made));
  }
  template <class Network>
  std::size_t push_bytes(const wt::passage_way<Network>& way, wt::message_index message) {
    return frame::of_stream(plain_.push_bytes(way, message));
  }
  template <class Network, class Sink>
  void push(const wt::passage_way<Network>& way, wt::message_index message, Sink&& sink) {
    plain_.push(way, message, std::forward<Sink>(sink));
  }

 private:
  template <class Work>
  static auto framed(wt::passing<Work> plain) {
    return wt::passing{frame::of_stream(plain.bytes), [work = std::move(plain.work)] {
                         auto answer = work();
                         answer.bytes = frame::of_stream(answer.bytes);
                         return answer;
                       }};
  }

  wt::direct_passage plain_;
};

}  // namespace midscale
