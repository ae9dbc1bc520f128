// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program of somebody else's project: it names only what the installed package promises.
#include <cstdio>
#include <string>

#include <waku/reliability.hpp>
#include <waku/reliability/core/message_hash.hpp>

#if defined(CONSUMER_HASHES)
#include <waku/reliability/adapter/openssl.hpp>
#endif

#if defined(CONSUMER_SPEAKS)
#include <waku/reliability/core/message.hpp>
#include <waku/reliability/wire/codecs.hpp>
#endif

#if defined(CONSUMER_MIXES)
#include <waku/reliability/adapter/xxhash.hpp>
#endif

#if defined(CONSUMER_RESTS)
#include <asio/io_context.hpp>
#include <waku/reliability/adapter/rest.hpp>
#endif

int main() {
  waku::reliability::message_hash hash;
  hash.bytes.back() = std::byte{0x2a};
  const std::string text = to_hex(hash);
#if defined(CONSUMER_MIXES)
  if (waku::reliability::xxh3_mix(1)(hash) == waku::reliability::xxh3_mix(2)(hash)) return 1;
#endif
#if defined(CONSUMER_RESTS)
  asio::io_context context;
  waku::reliability::rest_transport<> transport(context.get_executor());
  if (transport.add_node({"ftp://127.0.0.1", ""})) return 1;
#endif
#if defined(CONSUMER_SPEAKS)
  waku::reliability::wire::message_codec codec;
  waku::reliability::wire::byte_buffer bytes;
  codec.encode(waku::reliability::message{}, bytes);
  if (bytes.size() != 4) return 1;
#endif
  std::printf("%s\n", text.c_str());
  return text == std::string(62, '0') + "2a" ? 0 : 1;
}
