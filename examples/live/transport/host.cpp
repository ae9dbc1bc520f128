// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "host.hpp"

#include <libp2p_host.h>

#include <asio/post.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace waku_live {
namespace {

libp2p_view view_of(std::string_view text) { return {text.data(), text.size()}; }
libp2p_view view_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string text_of(libp2p_view view) {
  return view.size == 0 ? std::string() : std::string(view.data, view.size);
}
std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

host_error error_of(libp2p_error error) noexcept {
  switch (error) {
    case LIBP2P_OK: return host_error::none;
    case LIBP2P_BAD_ADDRESS: return host_error::bad_address;
    case LIBP2P_UNREACHABLE: return host_error::unreachable;
    case LIBP2P_TIMED_OUT: return host_error::timed_out;
    case LIBP2P_NOT_CONNECTED: return host_error::not_connected;
    case LIBP2P_UNSUPPORTED_PROTOCOL: return host_error::unsupported_protocol;
    case LIBP2P_TOO_MANY: return host_error::too_many;
    case LIBP2P_CONNECTION_LOST: return host_error::connection_lost;
    case LIBP2P_NOT_JOINED: return host_error::not_joined;
    case LIBP2P_TOO_LARGE: return host_error::too_large;
    case LIBP2P_REFUSED: return host_error::refused;
    case LIBP2P_FAILED: return host_error::failed;
  }
  return host_error::failed;
}

std::string configuration_of(const host_options& options) {
  using std::chrono::duration_cast;
  const nlohmann::json made = {
      {"listen", options.listen},
      {"announce", options.announce},
      {"key_file", options.key_file},
      {"agent", options.agent},
      {"relay", options.relay},
      {"message_bytes_max", options.message_bytes_max},
      {"ping_seconds", duration_cast<std::chrono::seconds>(options.ping_interval).count()},
      {"dial_seconds",
       std::max<std::int64_t>(1, duration_cast<std::chrono::seconds>(options.dial_patience).count())},
      {"heartbeat_milliseconds", duration_cast<std::chrono::milliseconds>(options.heartbeat).count()}};
  return made.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string_view name_of(host_error error) noexcept {
  switch (error) {
    case host_error::none: return "no error";
    case host_error::bad_address: return "not a multiaddr of TCP with a peer id";
    case host_error::unreachable: return "nobody answers there, or another peer";
    case host_error::timed_out: return "it took too long";
    case host_error::not_connected: return "there is no connection to the peer";
    case host_error::unsupported_protocol: return "the peer does not speak the protocol";
    case host_error::too_many: return "a bound of the host is reached";
    case host_error::connection_lost: return "the connection broke";
    case host_error::not_joined: return "the topic was not joined";
    case host_error::too_large: return "the message is too large";
    case host_error::refused: return "the relay refused the message";
    case host_error::failed: return "it failed";
  }
  return "an unknown error";
}

struct host::entry {
  libp2p_event_kind kind = LIBP2P_STARTED;
  host_error error = host_error::none;
  bool resets = false;  // the stream's data were dropped, so that it must be reset from here
  std::uint64_t id = 0;
  std::uint64_t number = 0;
  std::string peer;
  std::string text;
  std::string data;
  std::vector<std::string> list;

  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = sizeof(entry) + peer.size() + text.size() + data.size();
    for (const std::string& each : list) sum += sizeof each + each.size();
    return sum;
  }
};

// What the host's threads and the executor share. It outlives the host in what is posted.
struct host::mailbox : std::enable_shared_from_this<mailbox> {
  explicit mailbox(asio::any_io_executor runs, std::size_t most)
      : executor(std::move(runs)), bytes_max(most) {}

  // On the host's threads.
  static void told(void* context, const libp2p_event* event) { static_cast<mailbox*>(context)->take(*event); }
  void take(const libp2p_event& event) {
    const std::lock_guard lock(mutex);
    const std::size_t size = sizeof(entry) + event.peer.size + event.text.size + event.data.size;
    const bool full = bytes + size > bytes_max;
    if (full && event.kind == LIBP2P_MESSAGE) {
      ++dropped;
      return;
    }
    entry copy;
    copy.kind = event.kind;
    copy.error = error_of(event.error);
    copy.id = event.id;
    copy.number = event.number;
    if (full && (event.kind == LIBP2P_STREAM_DATA || event.kind == LIBP2P_STREAM_ACCEPTED)) {
      copy.kind = LIBP2P_STREAM_RESET;
      copy.error = host_error::too_many;
      copy.resets = true;
    } else {
      copy.peer = text_of(event.peer);
      copy.text = text_of(event.text);
      copy.data = text_of(event.data);
      for (std::size_t each = 0; each < event.list_size; ++each)
        copy.list.push_back(text_of(event.list[each]));
    }
    bytes += copy.bytes();
    waiting.push_back(std::move(copy));
    if (event.kind == LIBP2P_STARTED) {
      started = true;
      arrived.notify_all();
    }
    post();
  }
  void post() {  // with the lock held
    if (posted || !open) return;
    posted = true;
    asio::post(executor, [self = shared_from_this()] { self->drain(); });
  }

  // On the executor. Whoever is told may end the host.
  void drain() {
    std::vector<entry> taken;
    {
      const std::lock_guard lock(mutex);
      posted = false;
      taken.swap(waiting);
    }
    for (entry& each : taken) {
      if (owner == nullptr) return;
      const std::size_t size = each.bytes();
      owner->handle(each);
      const std::lock_guard lock(mutex);
      bytes -= size;
    }
  }

  asio::any_io_executor executor;
  std::mutex mutex;
  std::condition_variable arrived;
  std::vector<entry> waiting;
  std::size_t bytes = 0;
  std::size_t bytes_max;
  std::uint64_t dropped = 0;
  bool posted = false;
  bool started = false;
  bool open = false;      // from the end of the constructor to the destructor
  host* owner = nullptr;  // of the executor
};

host::host(asio::any_io_executor executor, const host_options& options)
    : executor_(std::move(executor)),
      mailbox_(std::make_shared<mailbox>(executor_, options.waiting_bytes_max)),
      relays_(options.relay) {
  std::array<char, 512> why{};
  const std::string configuration = configuration_of(options);
  handle_ = libp2p_host_start(view_of(configuration), &mailbox::told, mailbox_.get(), why.data(), why.size());
  if (handle_ == 0) throw std::runtime_error(why.data());
  std::unique_lock lock(mailbox_->mutex);
  if (!mailbox_->arrived.wait_for(lock, std::chrono::seconds(20), [this] { return mailbox_->started; })) {
    lock.unlock();
    libp2p_host_stop(handle_);
    throw std::runtime_error("the libp2p host did not begin to listen within 20 s");
  }
  const auto first = std::find_if(mailbox_->waiting.begin(), mailbox_->waiting.end(),
                                  [](const entry& each) { return each.kind == LIBP2P_STARTED; });
  peer_ = std::move(first->text);
  addresses_ = std::move(first->list);
  mailbox_->waiting.erase(first);
  mailbox_->bytes = 0;
  for (const entry& each : mailbox_->waiting) mailbox_->bytes += each.bytes();
  mailbox_->owner = this;
  mailbox_->open = true;
  if (!mailbox_->waiting.empty()) mailbox_->post();
}

host::~host() {
  mailbox_->owner = nullptr;
  {
    const std::lock_guard lock(mailbox_->mutex);
    mailbox_->open = false;
  }
  libp2p_host_stop(handle_);
}

void host::dial(std::string_view address, dialled_function done) {
  const std::uint64_t id = next_call_++;
  dials_.emplace(id, std::move(done));
  libp2p_host_dial(handle_, id, view_of(address));
}
void host::disconnect(std::string_view peer) { libp2p_host_disconnect(handle_, view_of(peer)); }

void host::serve(std::string_view protocol, accepted_function accepted) {
  const auto [known, fresh] = served_.try_emplace(std::string(protocol));
  known->second = std::move(accepted);
  if (fresh) libp2p_host_serve(handle_, view_of(protocol));
}
std::uint64_t host::open(std::string_view peer, std::span<const std::string_view> protocols,
                         std::shared_ptr<stream_events> events) {
  const std::uint64_t stream = next_stream_;
  next_stream_ += 2;
  streams_.emplace(stream, std::move(events));
  std::vector<libp2p_view> views;
  for (const std::string_view each : protocols) views.push_back(view_of(each));
  libp2p_host_open(handle_, stream, view_of(peer), views.data(), views.size());
  return stream;
}
void host::adopt(std::uint64_t stream, std::shared_ptr<stream_events> events) {
  streams_.insert_or_assign(stream, std::move(events));
}
void host::write(std::uint64_t stream, std::span<const std::byte> bytes) {
  if (!bytes.empty()) libp2p_host_write(handle_, stream, view_of(bytes));
}
void host::close_write(std::uint64_t stream) { libp2p_host_close_write(handle_, stream); }
void host::reset(std::uint64_t stream) {
  libp2p_host_reset(handle_, stream);
  forget(stream);
}
void host::forget(std::uint64_t stream) {
  // The events may end with this, and call the host in doing so.
  const auto known = streams_.find(stream);
  if (known == streams_.end()) return;
  const std::shared_ptr<stream_events> last = std::move(known->second);
  streams_.erase(known);
}

void host::join(const void* member, std::string_view topic, message_function message,
                topic_peers_function peers) {
  const auto [known, fresh] = topics_.try_emplace(std::string(topic));
  known->second.members.push_back({member, std::move(message), std::move(peers)});
  if (fresh) return libp2p_host_join(handle_, view_of(topic));
  asio::post(executor_, [alive = mailbox_, member, name = known->first] {
    if (alive->owner == nullptr) return;
    const membership* own = alive->owner->find(name, member);
    if (own == nullptr) return;
    const auto call = own->told_peers;
    call(alive->owner->topics_.find(name)->second.peers);
  });
}
void host::leave(const void* member, std::string_view topic) {
  const auto known = topics_.find(topic);
  if (known == topics_.end()) return;
  std::erase_if(known->second.members, [member](const membership& each) { return each.member == member; });
  if (!known->second.members.empty()) return;
  topics_.erase(known);
  libp2p_host_leave(handle_, view_of(topic));
}
void host::publish(const void* member, std::string_view topic, std::span<const std::byte> data,
                   published_function done) {
  const std::uint64_t id = next_call_++;
  const libp2p_view bytes = view_of(data);
  publications_.emplace(id, publication{member, std::string(topic), text_of(bytes), std::move(done)});
  libp2p_host_publish(handle_, id, view_of(topic), bytes);
}

std::string host::counts() const {
  std::string text(256, '\0');
  for (int attempt = 0; attempt < 3; ++attempt) {
    const std::size_t length = libp2p_host_counts(handle_, text.data(), text.size());
    if (length < text.size()) {
      text.resize(length);
      return text;
    }
    text.assign(length + 64, '\0');
  }
  return "{}";
}
std::uint64_t host::dropped_messages() const {
  const std::lock_guard lock(mailbox_->mutex);
  return mailbox_->dropped;
}

// Each function is copied or taken before it is called: it may replace itself, or end the host.
void host::handle(entry& told) {
  switch (told.kind) {
    case LIBP2P_STARTED: break;
    case LIBP2P_CONNECTED:
      if (const auto call = on_connected) call(told.peer, told.text, told.number == 1);
      break;
    case LIBP2P_DISCONNECTED:
      if (const auto call = on_disconnected) call(told.peer);
      break;
    case LIBP2P_IDENTIFIED:
      if (const auto call = on_identified) call(told.peer, told.list, told.text);
      break;
    case LIBP2P_DIALLED:
    case LIBP2P_DIAL_FAILED: {
      auto dial = dials_.extract(told.id);
      const host_error error = told.kind == LIBP2P_DIALLED ? host_error::none : told.error;
      if (dial && dial.mapped()) dial.mapped()(error, told.peer, told.text);
      break;
    }
    case LIBP2P_MESSAGE:
      if (told.peer != peer_) handle_message(told.text, told.data, told.peer, nullptr);
      break;
    case LIBP2P_TOPIC_PEERS: handle_peers(told.text, static_cast<std::uint32_t>(told.number)); break;
    case LIBP2P_PUBLISHED: {
      auto found = publications_.extract(told.id);
      if (!found) break;
      const publication ended = std::move(found.mapped());
      const auto alive = mailbox_;
      if (ended.done) ended.done(told.error, static_cast<std::uint32_t>(told.number));
      if (alive->owner != nullptr && told.error == host_error::none)
        handle_message(ended.topic, ended.data, std::string(peer_), ended.member);
      break;
    }
    default: handle_stream(told);
  }
}

const host::membership* host::find(const std::string& topic, const void* member) const {
  const auto known = topics_.find(topic);
  if (known == topics_.end()) return nullptr;
  for (const membership& each : known->second.members) {
    if (each.member == member) return &each;
  }
  return nullptr;
}
// Whoever is told may join, leave, and end the host.
void host::handle_message(const std::string& topic, std::string_view data, std::string_view from,
                          const void* but) {
  const auto known = topics_.find(topic);
  if (known == topics_.end()) return;
  std::vector<const void*> members;
  for (const membership& each : known->second.members) members.push_back(each.member);
  const auto alive = mailbox_;
  for (const void* const member : members) {
    const membership* own = member == but || alive->owner == nullptr ? nullptr : find(topic, member);
    if (own == nullptr) continue;
    const auto call = own->message;
    call(std::as_bytes(std::span(data)), from);
  }
}
void host::handle_peers(const std::string& topic, std::uint32_t peers) {
  const auto known = topics_.find(topic);
  if (known == topics_.end()) return;
  known->second.peers = peers;
  std::vector<const void*> members;
  for (const membership& each : known->second.members) members.push_back(each.member);
  const auto alive = mailbox_;
  for (const void* const member : members) {
    const membership* own = alive->owner == nullptr ? nullptr : find(topic, member);
    if (own == nullptr) continue;
    const auto call = own->told_peers;
    call(peers);
  }
}

void host::handle_stream(entry& told) {
  if (told.kind == LIBP2P_STREAM_ACCEPTED) {
    const auto served = served_.find(told.text);
    if (served == served_.end() || !served->second) return libp2p_host_reset(handle_, told.id);
    const accepted_function call = served->second;
    return call(told.id, told.peer);
  }
  if (told.resets) libp2p_host_reset(handle_, told.id);
  const auto known = streams_.find(told.id);
  if (known == streams_.end()) return;
  const std::shared_ptr<stream_events> events = known->second;
  switch (told.kind) {
    case LIBP2P_STREAM_OPENED: return events->opened(told.text);
    case LIBP2P_STREAM_FAILED: streams_.erase(known); return events->failed(told.error);
    case LIBP2P_STREAM_DATA:
      libp2p_host_consumed(handle_, told.id, told.data.size());
      return events->arrived(bytes_of(told.data));
    case LIBP2P_STREAM_CLOSED: return events->closed();
    case LIBP2P_STREAM_RESET: streams_.erase(known); return events->broke(told.error);
    case LIBP2P_STREAM_DRAINED: return events->drained();
    default: break;
  }
}

}  // namespace waku_live
