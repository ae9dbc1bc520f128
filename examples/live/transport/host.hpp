// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <waku/reliability/core/instant.hpp>

/// A libp2p host on an Asio executor, and over it a transport and a service for `waku::reliability`:
///
///     asio::io_context context;
///     waku_live::host host(context.get_executor(), {});  // may throw std::runtime_error
///     waku_live::network network(host, {.cluster = 1, .peers = {"/ip4/.../tcp/.../p2p/16Uiu2..."}});
///     waku_live::libp2p_transport<> transport(network);
///     wr::asio_node<wr::light_client, waku_live::libp2p_transport<>, wr::message, wr::openssl_hasher> node(
///         context.get_executor(), transport);
///     network.start();  // dials, once all is served that is to be
///
/// and for a service node `waku_live::libp2p_service<my_node> service(network, node, profile)` in the transport's
/// place, or beside it.
namespace waku_live {

namespace wr = waku::reliability;

/// Why something that was asked of a host did not come about.
enum class host_error : std::uint8_t {
  none,
  bad_address,           ///< not a multiaddr with a peer id, or of a transport other than TCP
  unreachable,           ///< nobody answers there, or another peer
  timed_out,             ///< no end in the host's time
  not_connected,         ///< there is no connection to the peer
  unsupported_protocol,  ///< the peer speaks none of the protocols
  too_many,              ///< a bound of the host's options is reached
  connection_lost,       ///< the stream or connection broke
  not_joined,            ///< the topic was not joined, or the host does not relay
  too_large,             ///< the message is over the limit
  refused,               ///< the relay knows the message already, or it did not pass
  failed,                ///< anything else
};

/// The error in a few words.
[[nodiscard]] std::string_view name_of(host_error error) noexcept;

/// How a host is to be.
struct host_options {
  std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/0"};  ///< multiaddrs; none: dials only
  std::vector<std::string> announce{};  ///< where peers are told to dial; none: where it listens
  /// The identity, made there with mode 600 where there is none; empty: a new one each time.
  std::string key_file{};
  std::string agent = "waku-reliability";   ///< what identify tells
  bool relay = false;                       ///< takes part in gossipsub; else its protocols are not offered
  std::size_t message_bytes_max = 153'600;  ///< of a relayed message
  wr::duration ping_interval = std::chrono::seconds(15);  ///< zero: never; whole seconds
  wr::duration dial_patience = std::chrono::seconds(10);  ///< whole seconds, one at least
  wr::duration heartbeat = std::chrono::seconds(1);       ///< gossipsub's; whole milliseconds
  std::size_t waiting_bytes_max = 67'108'864;             ///< of events that wait for the executor; see host
};

/// Hears of one stream. Nothing more comes after failed() and broke().
class stream_events {
 public:
  stream_events() = default;
  stream_events(const stream_events&) = delete;
  stream_events& operator=(const stream_events&) = delete;
  virtual ~stream_events() = default;

  /// The stream that was opened is there; the peer chose this protocol.
  virtual void opened(std::string_view protocol) = 0;
  /// It could not be opened: nothing of what was written has left.
  virtual void failed(host_error error) = 0;
  virtual void arrived(std::span<const std::byte> bytes) = 0;
  /// The peer closed its side. Writing goes on.
  virtual void closed() = 0;
  virtual void broke(host_error error) = 0;
  /// All that was written was handed to the connection.
  virtual void drained() = 0;
};

/// A libp2p host: connections, streams and gossipsub, without a notion of what the bytes mean. What happens on its
/// threads is copied and posted to the executor, which must run one thing at a time: a strand, or an io_context
/// with one thread. All functions are called there, and so is every function that the host is given; none is
/// called from within one of the host's own functions, and none after its end. Its end may block for a second.
///
/// Where the executor is slow, events wait, in at most `waiting_bytes_max` bytes: beyond it relayed messages are
/// dropped, streams that bring data are reset, and new ones are refused.
class host {
 public:
  using dialled_function = std::function<void(host_error, std::string_view peer, std::string_view why)>;
  using accepted_function = std::function<void(std::uint64_t stream, std::string_view peer)>;
  using message_function = std::function<void(std::span<const std::byte> data, std::string_view peer)>;
  using topic_peers_function = std::function<void(std::uint32_t peers)>;
  using published_function = std::function<void(host_error, std::uint32_t peers)>;

  /// Listens, or throws std::runtime_error with a sentence that says why not.
  host(asio::any_io_executor executor, const host_options& options);
  host(const host&) = delete;
  host& operator=(const host&) = delete;
  ~host();

  [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
  /// Its own peer id.
  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }
  /// Where it listens: multiaddrs that others can dial.
  [[nodiscard]] const std::vector<std::string>& addresses() const noexcept { return addresses_; }
  [[nodiscard]] bool relays() const noexcept { return relays_; }

  // Peers. Whoever wants to hear of them sets these.

  std::function<void(std::string_view peer, std::string_view address, bool inbound)> on_connected;
  std::function<void(std::string_view peer)> on_disconnected;  ///< its last connection is gone
  std::function<void(std::string_view peer, std::span<const std::string> protocols, std::string_view agent)>
      on_identified;  ///< for the first time or anew

  void dial(std::string_view address, dialled_function done);
  void disconnect(std::string_view peer);

  // Streams.

  /// Offers a protocol. `accepted` must adopt() or reset() each stream. Given anew, it replaces the former; empty,
  /// further streams are reset.
  void serve(std::string_view protocol, accepted_function accepted);
  /// Opens a stream by the first of the protocols that the peer speaks. The host keeps `events` while it may still
  /// call it.
  std::uint64_t open(std::string_view peer, std::span<const std::string_view> protocols,
                     std::shared_ptr<stream_events> events);
  void adopt(std::uint64_t stream, std::shared_ptr<stream_events> events);
  /// What is written before the stream is there follows its opening.
  void write(std::uint64_t stream, std::span<const std::byte> bytes);
  void close_write(std::uint64_t stream);
  /// Breaks it; nothing is told of it any more.
  void reset(std::uint64_t stream);
  /// Nothing is told of it any more; for a stream that both sides have closed.
  void forget(std::uint64_t stream);

  // Topics, for a host that relays. A member is whoever joins, by any address of its own.

  /// Joins a topic, and tells its messages and how many peers it has. What another member here published is told too,
  /// with this host's peer id; one's own is not.
  void join(const void* member, std::string_view topic, message_function message, topic_peers_function peers);
  void leave(const void* member, std::string_view topic);
  /// Publishes to a topic that somebody here has joined.
  void publish(const void* member, std::string_view topic, std::span<const std::byte> data,
               published_function done);

  /// Counts for tests and status lines, as a JSON object: streams, connections and so on.
  [[nodiscard]] std::string counts() const;
  /// Relayed messages that were dropped since the executor was too slow.
  [[nodiscard]] std::uint64_t dropped_messages() const;

 private:
  struct mailbox;
  struct entry;
  struct membership {
    const void* member;
    message_function message;
    topic_peers_function told_peers;
  };
  struct joined_topic {
    std::vector<membership> members;
    std::uint32_t peers = 0;
  };
  struct publication {
    const void* member;
    std::string topic;
    std::string data;  // for the other members
    published_function done;
  };

  void handle(entry& told);
  void handle_stream(entry& told);
  void handle_message(const std::string& topic, std::string_view data, std::string_view from,
                      const void* but);
  void handle_peers(const std::string& topic, std::uint32_t peers);
  [[nodiscard]] const membership* find(const std::string& topic, const void* member) const;

  asio::any_io_executor executor_;
  std::shared_ptr<mailbox> mailbox_;
  std::uint64_t handle_ = 0;
  std::string peer_;
  std::vector<std::string> addresses_;
  bool relays_;
  std::uint64_t next_stream_ = 2;
  std::uint64_t next_call_ = 1;
  std::unordered_map<std::uint64_t, std::shared_ptr<stream_events>> streams_;
  std::map<std::string, accepted_function, std::less<>> served_;
  std::unordered_map<std::uint64_t, dialled_function> dials_;
  std::unordered_map<std::uint64_t, publication> publications_;
  std::map<std::string, joined_topic, std::less<>> topics_;
};

}  // namespace waku_live
