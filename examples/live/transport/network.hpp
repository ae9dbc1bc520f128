// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <waku/reliability/adapter/system_clocks.hpp>
#include <waku/reliability/capability/peer.hpp>
#include <waku/reliability/core/random.hpp>
#include <waku/reliability/service/metadata_service.hpp>
#include <waku/reliability/wire/codecs.hpp>
#include <waku/reliability/wire/protocol_id.hpp>
#include <waku/reliability/wire/schema.hpp>
#include <waku/reliability/wire/shard.hpp>

#include "host.hpp"
#include "stream.hpp"

namespace waku_live {

namespace ws = wr::services;

/// The network that a host is to be part of.
struct network_options {
  std::uint16_t cluster = 1;
  std::vector<std::uint32_t> shards{};  ///< told by metadata; may be empty for those that do not relay
  std::vector<std::string> peers{};  ///< multiaddrs with /p2p/: kept connected for as long as they are wanted
  /// How long a peer is waited for before it appears.
  wr::duration metadata_patience = std::chrono::seconds(5);
  wr::duration first_redial = std::chrono::seconds(1);  ///< doubled with every failure in a row
  wr::duration redial_max = std::chrono::minutes(1);
  /// A connection that is lost sooner counts as a failure.
  wr::duration settled_after = std::chrono::seconds(10);
  /// Peers that are gone and not configured; beyond it the first to go loses its number.
  std::size_t peers_remembered = 16'384;
};

/// What can be the matter with a peer, so that it does not appear, or not with all that is to be known.
enum class peer_trouble : std::uint8_t {
  bad_address,    ///< a configured address is none; it is not tried again
  unreachable,    ///< a configured peer cannot be dialled; it is tried again
  other_cluster,  ///< it is of another cluster, and was disconnected
  no_cluster,     ///< it names no cluster, and was disconnected
  no_metadata,    ///< it did not tell its metadata in time, and appears without
  other_shards,   ///< it was dialled and appears, and serves none of our shards
  turned_away,  ///< it ended the connection before it appeared, as those do for which we are of another cluster
};

/// Trouble with a peer, for those who want to tell a person.
struct peer_notice {
  peer_trouble trouble;
  std::string_view address;                 ///< as configured, or of the connection
  std::string_view peer;                    ///< its id, as far as known
  std::string_view why;                     ///< the host's words; may be empty
  std::optional<std::uint32_t> cluster{};   ///< which it is of
  std::span<const std::uint32_t> shards{};  ///< which it serves
};

/// A peer that was connected at some time.
struct network_peer {
  wr::peer_id number{};
  std::string id;       ///< libp2p's, as text
  std::string address;  ///< of the first connection
  std::string agent;
  std::vector<std::string> protocols;  ///< as identify listed them, sorted
  std::optional<ws::metadata> told;    ///< its metadata
  bool inbound = false;
  bool connected = false;
  bool appeared = false;  ///< identified, of this cluster as far as known, and told as here

  [[nodiscard]] bool speaks(ww::protocol protocol) const {
    return std::binary_search(protocols.begin(), protocols.end(), ww::id_of(protocol));
  }
  /// The names of its shards; none where it told none.
  [[nodiscard]] std::vector<std::string> pubsub_topics() const {
    std::vector<std::string> names;
    if (!told || !told->cluster) return names;
    for (const std::uint32_t shard : told->shards) {
      names.push_back(ww::shard{static_cast<std::uint16_t>(*told->cluster), static_cast<std::uint16_t>(shard)}
                          .to_string());
    }
    return names;
  }
};

/// Whoever hears of peers, between network::watch() and unwatch().
class peer_watcher {
 public:
  virtual void appeared(const network_peer& /*peer*/) {}  ///< it is there, or has changed
  virtual void left(const network_peer& /*peer*/) {}      ///< one that appeared is gone
  virtual void trouble(const peer_notice& /*notice*/) {}

 protected:
  ~peer_watcher() = default;
};

/// Who is there: numbers the peers, serves metadata and asks each new peer for its own, disconnects those of other
/// clusters, and keeps the configured peers connected. A peer appears once it is identified and, where it speaks
/// metadata, has told its own or let the patience pass; it appears again when its protocols change.
///
/// Make the transport or the service, which serve over it, then start(). It takes the host's functions about peers for
/// itself, must end before the host and after what was made over it, and not amid one of its functions.
class network {
 public:
  network(host& by, const network_options& options)
      : host_(&by), options_(options), metadata_(own_metadata(options)), random_(seed()) {
    for (const std::string& address : options_.peers) configure(address);
    host_->on_connected = [this](std::string_view peer, std::string_view address, bool inbound) {
      connected(peer, address, inbound);
    };
    host_->on_disconnected = [this](std::string_view peer) { disconnected(peer); };
    host_->on_identified = [this](std::string_view peer, std::span<const std::string> protocols,
                                  std::string_view agent) { identified(peer, protocols, agent); };
    host_->serve(ww::id_of(ww::protocol::metadata),
                 [this](std::uint64_t stream, std::string_view peer) { answer_metadata(stream, peer); });
  }
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network() {
    host_->on_connected = nullptr;
    host_->on_disconnected = nullptr;
    host_->on_identified = nullptr;
    host_->serve(ww::id_of(ww::protocol::metadata), nullptr);
    for (const auto& [number, stream] : asking_) stream->abandon();
    for (const auto& each : answering_) {
      if (const auto stream = each.lock()) stream->abandon();
    }
  }

  /// The watcher must live until unwatch().
  void watch(peer_watcher& watcher) { watchers_.push_back(&watcher); }
  void unwatch(peer_watcher& watcher) {
    std::replace(watchers_.begin(), watchers_.end(), &watcher, gone_watcher);
  }

  /// Dials the configured peers.
  void start() {
    started_ = true;
    for (const auto& each : wanted_) dial(each);
  }
  /// A further peer to keep connected.
  void add_peer(std::string_view address) {
    const auto fresh = configure(address);
    if (fresh && started_) dial(fresh);
  }

  /// Whether each configured peer has appeared, or failed to, once.
  [[nodiscard]] bool tried_all() const {
    return std::all_of(wanted_.begin(), wanted_.end(), [this](const auto& each) {
      return each->tried || wanted(each->id)->tried;  // One may have several addresses.
    });
  }

  [[nodiscard]] host& by() const noexcept { return *host_; }
  [[nodiscard]] const network_options& options() const noexcept { return options_; }
  /// Its number, given at the first question and kept.
  [[nodiscard]] wr::peer_id number_of(std::string_view id) {
    const auto known = numbers_.find(id);
    if (known != numbers_.end()) return known->second;
    const auto number = static_cast<wr::peer_id>(next_number_++);
    numbers_.emplace(id, number);
    network_peer& fresh = peers_[number];
    fresh.number = number;
    fresh.id = id;
    return number;
  }
  /// What is known of a peer; nullptr of one that was never there, or is forgotten.
  [[nodiscard]] const network_peer* find(wr::peer_id number) const {
    const auto known = peers_.find(number);
    return known == peers_.end() ? nullptr : &known->second;
  }
  /// Calls `each(network_peer)` for those that have appeared and not left.
  template <class Each>
  void for_each_present(Each&& each) const {
    for (const auto& [number, peer] : peers_) {
      if (peer.appeared) each(peer);
    }
  }
  /// Closes the connections to a peer. A configured one is dialled again after a pause.
  void disconnect(wr::peer_id number) {
    if (const network_peer* known = find(number)) host_->disconnect(known->id);
  }

 private:
  // A configured peer.
  struct wanted_peer {
    explicit wanted_peer(const asio::any_io_executor& executor) : timer(executor) {}
    std::string address;
    std::string id;
    asio::steady_timer timer;
    wr::steady_time connected_at{};
    unsigned failures = 0;
    bool dialling = false;
    bool given_up = false;
    bool tried = false;
  };

  static ws::metadata own_metadata(const network_options& options) {
    ws::metadata own;
    own.cluster = options.cluster;
    own.shards = options.shards;
    return own;
  }
  static std::uint64_t seed() {
    std::random_device source;
    return (static_cast<std::uint64_t>(source()) << 32U) | source();
  }
  static std::string id_in(std::string_view address) {
    constexpr std::string_view mark = "/p2p/";
    const std::size_t at = address.rfind(mark);
    return at == std::string_view::npos ? std::string() : std::string(address.substr(at + mark.size()));
  }

  std::shared_ptr<wanted_peer> configure(std::string_view address) {
    for (const auto& each : wanted_) {
      if (each->address == address) return nullptr;
    }
    auto made = std::make_shared<wanted_peer>(host_->executor());
    made->address = address;
    made->id = id_in(address);
    if (!made->id.empty()) static_cast<void>(number_of(made->id));
    wanted_.push_back(made);
    return made;
  }
  [[nodiscard]] std::shared_ptr<wanted_peer> wanted(std::string_view id) const {
    const auto found =
        std::find_if(wanted_.begin(), wanted_.end(), [id](const auto& each) { return each->id == id; });
    return found == wanted_.end() ? nullptr : *found;
  }
  [[nodiscard]] network_peer* known(std::string_view id) {
    const auto found = numbers_.find(id);
    return found == numbers_.end() ? nullptr : &peers_[found->second];
  }

  // Dialling.

  void dial(const std::shared_ptr<wanted_peer>& to) {
    const network_peer* there = known(to->id);
    if (to->dialling || to->given_up || (there != nullptr && there->connected)) return;
    to->dialling = true;
    host_->dial(to->address, [this, alive = std::weak_ptr(life_), to](host_error error, std::string_view,
                                                                      std::string_view why) {
      if (alive.expired()) return;
      to->dialling = false;
      if (error == host_error::none) return;
      to->given_up = error == host_error::bad_address;
      const auto trouble = to->given_up ? peer_trouble::bad_address : peer_trouble::unreachable;
      to->tried = true;
      ++to->failures;
      dial_later(to);
      tell({trouble, to->address, to->id, why.empty() ? name_of(error) : why});
    });
  }
  void dial_later(const std::shared_ptr<wanted_peer>& to) {
    if (to->given_up) return;
    wr::duration pause = options_.first_redial;
    for (unsigned each = 1; each < to->failures && pause < options_.redial_max; ++each) pause *= 2;
    pause = std::min(pause, options_.redial_max);
    // Between half of it and all, so that those who lost the same peer do not come back together.
    const auto half = static_cast<std::uint64_t>(pause.count()) / 2;
    pause = wr::duration(static_cast<std::int64_t>(half + random_.below(half + 1)));
    to->timer.expires_after(std::chrono::duration_cast<asio::steady_timer::duration>(pause));
    to->timer.async_wait([this, alive = std::weak_ptr(life_), to](std::error_code error) {
      if (!error && !alive.expired()) dial(to);
    });
  }

  // Coming and going.

  void connected(std::string_view id, std::string_view address, bool inbound) {
    network_peer& peer = peers_[number_of(id)];
    peer.address = address;
    peer.inbound = inbound;
    peer.connected = true;
    if (const auto own = wanted(id)) {
      own->timer.cancel();
      own->connected_at = wr::read_clocks().steady;
    }
  }
  void disconnected(std::string_view id) {
    network_peer* const peer = known(id);
    if (peer == nullptr || !peer->connected) return;
    const wr::peer_id number = peer->number;
    const bool told = peer->appeared;
    *peer = {number, std::move(peer->id), std::move(peer->address), std::move(peer->agent), {},
             {},     peer->inbound};
    stop_asking(number);
    const bool refused = refused_.erase(number) != 0;
    if (const auto own = wanted(peer->id)) {
      const bool settled = wr::read_clocks().steady - own->connected_at >= options_.settled_after;
      own->failures = settled ? 1 : own->failures + 1;
      own->tried = true;
      if (started_) dial_later(own);
    } else {
      forget_later(number);
    }
    const network_peer gone = *peer;
    if (!told && !refused) tell({peer_trouble::turned_away, gone.address, gone.id, {}});
    if (!told) return;
    for_each_watcher([&](peer_watcher& watcher) { watcher.left(gone); });
  }
  void identified(std::string_view id, std::span<const std::string> protocols, std::string_view agent) {
    network_peer* const peer = known(id);
    if (peer == nullptr || !peer->connected) return;
    std::vector<std::string> sorted(protocols.begin(), protocols.end());
    std::sort(sorted.begin(), sorted.end());
    peer->agent = agent;
    const bool changed = peer->protocols != sorted;
    peer->protocols = std::move(sorted);
    if (asking_.contains(peer->number) || refused_.contains(peer->number)) return;
    if (peer->appeared && !changed) return;
    if (!peer->told && peer->speaks(ww::protocol::metadata)) return ask_metadata(*peer);
    appear(peer->number);
  }
  void appear(wr::peer_id number) {
    network_peer& peer = peers_[number];
    peer.appeared = true;
    if (const auto own = wanted(peer.id)) own->tried = true;
    const network_peer there = peer;
    for_each_watcher([&](peer_watcher& watcher) { watcher.appeared(there); });
  }
  void forget_later(wr::peer_id number) {
    gone_.push_back(number);
    while (gone_.size() > options_.peers_remembered) {
      const auto oldest = peers_.find(gone_.front());
      gone_.pop_front();
      if (oldest == peers_.end() || oldest->second.connected) continue;
      if (std::find(gone_.begin(), gone_.end(), oldest->first) != gone_.end()) continue;
      numbers_.erase(numbers_.find(oldest->second.id));
      metadata_.forget(oldest->first);
      peers_.erase(oldest);
    }
  }
  void tell(const peer_notice& notice) {
    for_each_watcher([&](peer_watcher& watcher) { watcher.trouble(notice); });
  }
  // Watchers may come and go meanwhile.
  template <class Tell>
  void for_each_watcher(const Tell& tell_one) {
    for (std::size_t each = 0; each < watchers_.size(); ++each) {
      if (watchers_[each] != gone_watcher) tell_one(*watchers_[each]);
    }
    std::erase(watchers_, gone_watcher);
  }

  // Metadata.

  void ask_metadata(const network_peer& peer) {
    const ww::protocol protocols[] = {ww::protocol::metadata};
    const auto stream = frame_stream::open(*host_, peer.id, protocols, options_.metadata_patience);
    const wr::peer_id number = peer.number;
    asking_[number] = stream;
    stream->on_open = [this, raw = stream.get()](ww::protocol) {
      raw->expect(ww::frame_limit(ww::frames::metadata, {}));
      ww::byte_buffer frame;
      codec_.encode(metadata_.own(), frame);
      raw->write(frame);
      raw->close();
    };
    stream->on_frame = [this, number](frame_stream::byte_span body) {
      stop_asking(number);
      ws::metadata told;
      if (codec_.decode(body, told)) return missing(number, "it cannot be read");
      judge(number, std::move(told));
    };
    stream->on_end = [this, number](stream_end how) {
      stop_asking(number);
      if (how != stream_end::timed_out) return miss_later(number);
      missing(number, "it did not tell its metadata");
    };
  }
  // With the stream the connection may be gone, of which the host tells soon.
  void miss_later(wr::peer_id number) {
    const auto timer = std::make_shared<asio::steady_timer>(host_->executor(), word_of_connection);
    timer->async_wait([this, timer, number, alive = std::weak_ptr(life_)](std::error_code) {
      if (alive.expired()) return;
      const network_peer* there = find(number);
      if (there != nullptr && !there->appeared && !asking_.contains(number))
        missing(number, "it did not tell its metadata");
    });
  }
  void stop_asking(wr::peer_id number) {
    const auto found = asking_.find(number);
    if (found == asking_.end()) return;
    const auto stream = std::move(found->second);
    asking_.erase(found);
    stream->release();
  }
  void judge(wr::peer_id number, ws::metadata told) {
    network_peer& peer = peers_[number];
    const auto verdict = metadata_.take_in(number, told, wr::read_clocks().steady);
    if (verdict == ws::metadata_verdict::keep) {
      peer.told = std::move(told);
      appear(number);
      return compare_shards(number);
    }
    const auto trouble =
        verdict == ws::metadata_verdict::no_cluster ? peer_trouble::no_cluster : peer_trouble::other_cluster;
    const network_peer there = peer;
    // It may come to its senses, so it is asked again, but as rarely as can be.
    if (const auto own = wanted(there.id)) own->failures = many_failures;
    refused_.insert(number);
    if (!there.inbound) host_->disconnect(there.id);
    if (there.inbound) disconnect_later(there.id);
    tell({trouble, there.address, there.id, {}, told.cluster});
  }
  // One that tells no shards may serve any.
  void compare_shards(wr::peer_id number) {
    const network_peer there = peers_[number];
    if (there.inbound || !there.told || there.told->shards.empty() || options_.shards.empty()) return;
    const auto& theirs = there.told->shards;
    if (std::find_first_of(theirs.begin(), theirs.end(), options_.shards.begin(), options_.shards.end()) ==
        theirs.end())
      tell({peer_trouble::other_shards, there.address, there.id, {}, there.told->cluster, theirs});
  }
  // Who dialled us is left time to ask in its turn, and so to learn why.
  void disconnect_later(const std::string& id) {
    const auto timer = std::make_shared<asio::steady_timer>(host_->executor(), farewell);
    timer->async_wait([this, timer, id, alive = std::weak_ptr(life_)](std::error_code) {
      if (alive.expired()) return;
      const network_peer* there = known(id);
      if (there != nullptr && refused_.contains(there->number)) host_->disconnect(id);
    });
  }
  void missing(wr::peer_id number, std::string_view why) {
    const network_peer there = peers_[number];
    if (!there.connected) return;
    appear(number);
    tell({peer_trouble::no_metadata, there.address, there.id, why});
  }
  void answer_metadata(std::uint64_t id, std::string_view from) {
    const auto stream =
        frame_stream::accept(*host_, id, ww::protocol::metadata, ww::frame_limit(ww::frames::metadata, {}),
                             options_.metadata_patience);
    std::erase_if(answering_, [](const auto& each) { return each.expired(); });
    answering_.push_back(stream);
    const wr::peer_id number = number_of(from);
    stream->on_frame = [this, number, raw = stream.get()](frame_stream::byte_span body) {
      ws::metadata told;
      if (codec_.decode(body, told)) return raw->abandon();
      ww::byte_buffer frame;
      codec_.encode(metadata_.answer(number, told, wr::read_clocks().steady), frame);
      raw->write(frame);
      raw->release();
    };
    stream->on_end = [raw = stream.get()](stream_end) { raw->release(); };
  }

  static constexpr peer_watcher* gone_watcher = nullptr;
  static constexpr unsigned many_failures = 32;  // doubled so often, the pause is the longest there is
  static constexpr auto farewell = std::chrono::seconds(1);
  static constexpr auto word_of_connection = std::chrono::milliseconds(500);

  host* host_;
  network_options options_;
  std::vector<peer_watcher*> watchers_;
  ws::metadata_service metadata_;
  ww::metadata_codec codec_;
  wr::random_source random_;
  bool started_ = false;
  std::uint32_t next_number_ = 0;
  std::map<std::string, wr::peer_id, std::less<>> numbers_;
  std::unordered_map<wr::peer_id, network_peer> peers_;
  std::deque<wr::peer_id> gone_;
  std::vector<std::shared_ptr<wanted_peer>> wanted_;
  std::unordered_map<wr::peer_id, std::shared_ptr<frame_stream>> asking_;
  std::vector<std::weak_ptr<frame_stream>> answering_;
  std::unordered_set<wr::peer_id> refused_;  // and not gone yet
  std::shared_ptr<char> life_ = std::make_shared<char>();
};

}  // namespace waku_live
