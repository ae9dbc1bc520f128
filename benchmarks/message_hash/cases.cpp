// SPDX-License-Identifier: Apache-2.0 OR MIT
// The hashes that cases.json tells, so that the contenders agree with them and not only with each other.
#include "workload.hpp"

#include <algorithm>

namespace {

contest::trace told() {
  contest::trace answers;
  for (const nlohmann::json& each : message_hash::read_cases()) {
    const std::vector<std::byte> bytes = message_hash::from_hex(each.at("hash"));
    message_hash::wr::message_hash hash;
    if (bytes.size() != hash.bytes.size())
      throw std::runtime_error("cases.json holds something that is no hash");
    std::copy(bytes.begin(), bytes.end(), hash.bytes.begin());
    message_hash::append(hash, answers);
  }
  return answers;
}

struct in_file {
  in_file() { contest::compare("cases.json", told); }
};
const in_file entered;

}  // namespace
