// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <asio/ip/address_v4.hpp>
#include <asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

/// What is the matter with an address of the command line, before anything is done with it: the rest of a sentence that
/// begins with the option's name, or nothing.
namespace live_program {

/// The parts of a multiaddr that stand between its strokes; none where it does not begin with one.
inline std::vector<std::string_view> parts_of(std::string_view address) {
  std::vector<std::string_view> parts;
  while (address.starts_with('/')) {
    address.remove_prefix(1);
    parts.push_back(address.substr(0, address.find('/')));
    address.remove_prefix(parts.back().size());
  }
  return parts;
}

/// Whether the first two parts name a host, as the libp2p host takes it.
inline bool names_host(const std::vector<std::string_view>& parts) {
  if (parts.size() < 2 || parts[1].empty()) return false;
  std::error_code error;
  const std::string name(parts[1]);
  if (parts[0] == "ip4") asio::ip::make_address_v4(name, error);
  if (parts[0] == "ip6") asio::ip::make_address_v6(name, error);
  constexpr std::string_view known[] = {"ip4", "ip6", "dns", "dns4", "dns6"};
  return !error && std::find(std::begin(known), std::end(known), parts[0]) != std::end(known);
}

inline bool is_port(std::string_view text) {
  std::uint16_t read = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), read);
  return end.ec == std::errc() && end.ptr == text.data() + text.size();
}

/// By its look: the beginning and the length that the ids of libp2p's usual keys have in base58.
inline bool looks_like_peer_id(std::string_view text) {
  struct look {
    std::string_view beginning;
    std::size_t length;
  };
  constexpr look looks[] = {{"16Uiu2HA", 53}, {"12D3KooW", 52}, {"Qm", 46}};
  constexpr std::string_view letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  return text.find_first_not_of(letters) == std::string_view::npos &&
         std::any_of(std::begin(looks), std::end(looks), [text](const look& each) {
           return text.starts_with(each.beginning) && text.size() == each.length;
         });
}

/// For an address to listen at or to announce.
inline std::string wrong_with_own_address(const std::string& text) {
  const auto parts = parts_of(text);
  if (parts.size() == 4 && names_host(parts) && parts[2] == "tcp" && is_port(parts[3])) return {};
  return "'" + text +
         "' is no address to listen at: give one like /ip4/0.0.0.0/tcp/60000; only TCP is spoken";
}

/// For the address of a peer.
inline std::string wrong_with_peer_address(const std::string& text) {
  const std::string example = "like /ip4/192.0.2.1/tcp/60000/p2p/16Uiu2..., as a node prints it at its start";
  const std::string advice = ": give one " + example;
  const auto parts = parts_of(text);
  if (!names_host(parts)) return "'" + text + "' is no address of a peer" + advice;
  const auto id = std::find(parts.begin(), parts.end(), "p2p");
  if (parts.size() < 4 || parts[2] != "tcp" || !is_port(parts[3]) || id > parts.begin() + 4)
    return "'" + text + "' is not of plain TCP, and only that is spoken here" + advice;
  if (id == parts.end())
    return "'" + text + "' does not say who is there: give it with its peer id, " + example;
  if (parts.size() != 6 || !looks_like_peer_id(parts[5]))
    return "'" + text + "' has no peer id after /p2p/" + advice;
  return {};
}

/// Throws std::invalid_argument with a sentence where one of the peers is the program itself.
inline void refuse_own_id(const std::vector<std::string>& peers, const std::string& own) {
  for (const std::string& each : peers) {
    if (parts_of(each).back() == own)
      throw std::invalid_argument("--peer: '" + each +
                                  "' has the id of this program itself: give other nodes, and each program a "
                                  "--key-file of its own");
  }
}

}  // namespace live_program
