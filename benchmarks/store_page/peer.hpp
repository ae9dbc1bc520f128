// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <google/protobuf/io/coded_stream.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <seen_set/set_with_deque.hpp>

#include <waku/reliability/wire/proto/store.pb.h>
#include <waku/reliability/core/message_hash.hpp>

namespace store_page {

using store_response = waku::reliability::wire::proto::StoreQueryResponse;

/// The client of a store as people write it: Protobuf parses, the standard's set tells what was received. `Fresh`:
/// each reply has a message of its own; else one is used again.
template <bool Fresh>
class peer {
 public:
  explicit peer(const std::vector<waku::reliability::message_hash>& received) : received_(received.size()) {
    for (const auto& hash : received) received_.insert(hash, {});
  }

  bool decode(std::span<const std::byte> frame, std::string_view request_id) {
    if constexpr (Fresh) {
      store_response response;
      return parse(frame, request_id, response);
    } else {
      return parse(frame, request_id, response_);
    }
  }

  bool compare(std::span<const std::byte> frame, std::string_view request_id,
               std::vector<waku::reliability::message_hash>& unknown) {
    if constexpr (Fresh) {
      store_response response;
      return parse(frame, request_id, response) && compare(response, unknown);
    } else {
      return parse(frame, request_id, response_) && compare(response_, unknown);
    }
  }

 private:
  static bool parse(std::span<const std::byte> frame, std::string_view request_id, store_response& response) {
    const auto size = static_cast<int>(frame.size());
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(frame.data()),
                                              size);  // NOLINT
    std::uint32_t length = 0;
    if (!in.ReadVarint32(&length)) return false;
    const int begin = in.CurrentPosition();
    if (length > static_cast<std::uint32_t>(size - begin)) return false;
    return response.ParseFromArray(frame.data() + begin, static_cast<int>(length)) &&
           response.request_id() == request_id && response.status_code() == 200;
  }

  bool compare(const store_response& response, std::vector<waku::reliability::message_hash>& unknown) const {
    for (const auto& entry : response.messages()) {
      waku::reliability::message_hash hash;
      if (entry.message_hash().size() != hash.size) return false;
      std::memcpy(hash.bytes.data(), entry.message_hash().data(), hash.size);
      if (!received_.contains(hash)) unknown.push_back(hash);
    }
    return true;
  }

  using set_type = std::unordered_set<waku::reliability::message_hash, seen_set::same_key_hash>;
  seen_set::set_with_deque<set_type> received_;
  store_response response_;
};

}  // namespace store_page
