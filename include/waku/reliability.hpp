// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#if __cplusplus < 202002L
#error "waku: the library needs C++20: compile with -std=c++20 or newer"
#endif

/// \file
/// The umbrella: core, cache, capability, policy and engine; nothing of a third party. Adapters and test
/// doubles are included by name.

// First, so that few lines stand before the sentence about a node whose types do not fit together.
#include <waku/reliability/engine/node_sentences.hpp>

#include <waku/reliability/core/message.hpp>
#include <waku/reliability/engine/node.hpp>
#include <waku/reliability/policy/budget/token_budget.hpp>
#include <waku/reliability/policy/cadence/adaptive_cadence.hpp>
#include <waku/reliability/policy/confirmation/k_of_n.hpp>
#include <waku/reliability/policy/describe.hpp>
#include <waku/reliability/policy/pool/plain_pool.hpp>
#include <waku/reliability/policy/pool/scored_pool.hpp>
#include <waku/reliability/policy/pool/strict_pool.hpp>
#include <waku/reliability/policy/preset.hpp>
#include <waku/reliability/policy/recovery/on_reconnect.hpp>
#include <waku/reliability/policy/redundancy/hedged.hpp>
#include <waku/reliability/policy/redundancy/single.hpp>
#include <waku/reliability/policy/retransmit/constant_interval.hpp>
#include <waku/reliability/policy/retransmit/no_retransmit.hpp>
#include <waku/reliability/policy/subscription/refreshed_subscription.hpp>
#include <waku/reliability/policy/subscription/unattended_subscription.hpp>
