// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program that uses every member of its node: one thing that does not fit leads to one error.
// sentence: the confirmation needs store, and the transport has no store_query(request, reply)
// only error
#include <waku/reliability.hpp>

#include <compile_fail/parts.hpp>

namespace wr = waku::reliability;

struct counter {
  static constexpr wr::slot fills = wr::slot::observer;
  void on(const wr::notice::rate_limited&) { ++count; }
  int count = 0;
};
struct chat_client : wr::policies<wr::store_presence, counter> {};

#ifdef BAD_LINE
using transport_type = parts::with_lightpush<parts::with_filter<parts::bare_transport>>;
#else
using transport_type = parts::light_transport;
#endif
using node_type = wr::node<chat_client, transport_type, wr::message, parts::host>;

int main() {
  transport_type transport;
  parts::host host;
  node_type::hasher_type& hasher = host.hasher();
  node_type node(transport, host, {}, node_type::observer_type{});
  node_type other(transport, host, {}, {});
  using snapshot_type = node_type::engine_type::snapshot_type;

  const wr::result<wr::request_id> request = node.publish("/waku/2/rs/1/0", {});
  wr::result<void> done = node.subscribe("/waku/2/rs/1/0", {"/a/1/b/proto"});
  const std::string_view topics[] = {"/a/1/c/proto"};
  done = node.subscribe("/waku/2/rs/1/0", topics);
  const std::vector<std::string> strings{"/a/1/d/proto"};
  done = node.subscribe("/waku/2/rs/1/0", strings);
  done = node.unsubscribe("/waku/2/rs/1/0", strings);
  done = node.unsubscribe("/waku/2/rs/1/0", {"/a/1/b/proto"});
  done = node.unsubscribe("/waku/2/rs/1/0", topics);
  const std::optional<wr::request_status> status = node.status(*request);
  done = node.cancel(*request);
  node.pause();
  node.resume();
  snapshot_type taken = node.snapshot();
  done = other.restore(std::move(taken));
  const wr::options& numbers = node.numbers();
  const std::vector<wr::option_error> errors = node.reconfigure(numbers);
  node.observer().count += status ? 1 : 0;
  node.wake();
  node.stop();
  const bool idle = node.pending() + node.operations() + errors.size() == 0 && done;
  return idle && node.observer().count == 0 && hasher.deterministic_message_hash ? 0 : 1;
}
