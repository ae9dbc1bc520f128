// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <waku/reliability/adapter/openssl.hpp>

namespace {

/// Ours, message by message.
class contender {
 public:
  message_hash::wr::message_hash operator()(const message_hash::wr::hash_input& input) {
    return hasher_(input);
  }

 private:
  message_hash::wr::openssl_hasher hasher_;
};
const message_hash::entry<contender> entered("waku");

}  // namespace
