// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <waku/reliability/engine/lightpush_verdict.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace lightpush_verdict_tests {

namespace wr = waku::reliability;
using wr::push_end;

namespace {

wr::lightpush_reply reply(std::uint32_t status, std::optional<std::uint32_t> relay_peers = {},
                          std::string text = {}, bool legacy = false) {
  return {status, relay_peers, legacy, std::move(text), {}};
}
void check(const wr::push_verdict& verdict, push_end end, bool charge) {
  CHECK(verdict.end == end);
  CHECK(verdict.charge == charge);
}

}  // namespace

TEST_CASE("[R19] 200 with at least one relay peer is acceptance, without one it is no peers") {
  check(wr::judge(reply(200, 1)), push_end::accepted, false);
  check(wr::judge(reply(200, 50)), push_end::accepted, false);
  check(wr::judge(reply(200, 0)), push_end::no_peers, true);
  check(wr::judge(reply(200)), push_end::no_peers, true);
}

TEST_CASE("[R19] [R20] legacy v2 accepts without a count, and refuses what it may have seen before") {
  check(wr::judge(reply(200, {}, {}, true)), push_end::accepted, false);
  check(wr::judge(reply(500, {}, "not_published_to_any_peer", true)), push_end::no_peers, true);
  check(wr::judge(reply(429, {}, "too many requests", true)), push_end::busy, false);
}

TEST_CASE("[R20] each status code has one meaning") {
  check(wr::judge(reply(400)), push_end::final_refusal, false);
  check(wr::judge(reply(413)), push_end::final_refusal, false);
  check(wr::judge(reply(420, {}, "message too large")), push_end::final_refusal, false);
  check(wr::judge(reply(421)), push_end::node_refusal, true);
  check(wr::judge(reply(429)), push_end::busy, false);
  check(wr::judge(reply(500)), push_end::node_refusal, true);
  check(wr::judge(reply(503)), push_end::no_peers, true);
  check(wr::judge(reply(504)), push_end::node_refusal, true);
  check(wr::judge(reply(505)), push_end::no_peers, true);
}

TEST_CASE("[R20] unknown 4xx are final, unknown 5xx are the node's trouble, all else tells nothing") {
  for (std::uint32_t status = 400; status < 500; ++status) {
    if (status == 420 || status == 421 || status == 429) continue;
    CAPTURE(status);
    check(wr::judge(reply(status)), push_end::final_refusal, false);
  }
  for (std::uint32_t status = 500; status < 600; ++status) {
    if (status == 503 || status == 505) continue;
    CAPTURE(status);
    check(wr::judge(reply(status)), push_end::node_refusal, true);
  }
  for (const std::uint32_t status : {0U, 1U, 199U, 201U, 204U, 300U, 399U, 600U, 4'294'967'295U}) {
    CAPTURE(status);
    check(wr::judge(reply(status)), push_end::unknown, true);
  }
}

TEST_CASE("[R20] [R38] a 420 whose text speaks of RLN is about the proof") {
  check(wr::judge(reply(420, {}, "RLN validation failed")), push_end::proof_refused, false);
  check(wr::judge(reply(420, {}, "message is invalid: RLN proof missing")), push_end::proof_refused, false);
  check(wr::judge(reply(420)), push_end::final_refusal, false);
  check(wr::judge(reply(400, {}, "RLN validation failed")), push_end::final_refusal, false);
}

TEST_CASE("[L1.5] an end without a reply is the node's, and unknown unless nothing had left") {
  using wr::transport_error;
  check(wr::judge(transport_error::timeout), push_end::unknown, true);
  check(wr::judge(transport_error::connection_lost), push_end::unknown, true);
  check(wr::judge(transport_error::empty_reply), push_end::unknown, true);
  check(wr::judge(transport_error::undecodable_reply), push_end::unknown, true);
  check(wr::judge(transport_error::dial_failed), push_end::never_sent, true);
  check(wr::judge(transport_error::unsupported_protocol), push_end::never_sent, true);
  check(wr::judge(transport_error::transport_threw), push_end::never_sent, false);
}

}  // namespace lightpush_verdict_tests
