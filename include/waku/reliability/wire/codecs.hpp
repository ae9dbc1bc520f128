// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <waku/reliability/wire/proto/message.pb.h>
#include <waku/reliability/wire/proto/store.pb.h>
#include <waku/reliability/wire/message_codec.hpp>
#include <waku/reliability/wire/store_codec.hpp>

/// The codecs over the library's own schemas, whose classes waku_reliability_generate_wire(<target>) makes. Those
/// who have generated Waku classes already use the templates instead, and need not include this.
namespace waku::reliability::wire {

using message_codec = basic_message_codec<proto::WakuMessage>;
using store_codec = basic_store_codec<proto::StoreQueryRequest, proto::StoreQueryResponse>;

}  // namespace waku::reliability::wire
