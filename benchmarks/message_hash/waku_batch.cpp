// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <waku/reliability/adapter/openssl.hpp>

namespace {

/// Ours, a page at a time.
class contender {
 public:
  void operator()(std::span<const message_hash::wr::hash_input> page,
                  std::span<message_hash::wr::message_hash> hashes) {
    hasher_(page, hashes);
  }

 private:
  message_hash::wr::openssl_hasher hasher_;
};
const message_hash::entry<contender> entered("waku_batch");

}  // namespace
