// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "workload.hpp"

#include <openssl/evp.h>

namespace {

/// OpenSSL in one call, as people write it: the parts are joined first.
struct contender {
  message_hash::wr::message_hash operator()(const message_hash::wr::hash_input& input) {
    std::string joined;
    joined.reserve(input.pubsub_topic.size() + input.payload.size() + input.content_topic.size() +
                   input.meta.size() + sizeof input.timestamp_ns);
    joined.append(input.pubsub_topic);
    joined.append(reinterpret_cast<const char*>(input.payload.data()), input.payload.size());
    joined.append(input.content_topic);
    joined.append(reinterpret_cast<const char*>(input.meta.data()), input.meta.size());
    for (int shift = 56; shift >= 0; shift -= 8)
      joined.push_back(static_cast<char>(input.timestamp_ns >> shift));
    message_hash::wr::message_hash hash;
    auto* target = reinterpret_cast<unsigned char*>(hash.bytes.data());
    if (EVP_Digest(joined.data(), joined.size(), target, nullptr, EVP_sha256(), nullptr) != 1) std::abort();
    return hash;
  }
};
const message_hash::entry<contender> entered("openssl");

}  // namespace
