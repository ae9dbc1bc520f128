// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "peer.hpp"
#include "workload.hpp"

namespace {

const store_page::entry<store_page::peer<false>> entered("protobuf_reused");

}  // namespace
