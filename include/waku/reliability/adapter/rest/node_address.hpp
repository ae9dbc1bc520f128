// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#if LIBCURL_VERSION_NUM < 0x074200
#error "waku/reliability/adapter/rest.hpp needs libcurl 7.66 or newer"
#endif

namespace waku::reliability::rest {

/// A node's URL, taken apart so that its credentials are in no address that is asked for.
struct node_address {
  std::string base{};  ///< scheme, host, port and the path before every route, without a slash at the end
  std::string user{};
  std::string password{};
};

/// Reads a URL of a scheme http or https with a host, and perhaps credentials, a port and a path. Nothing for
/// any other, and for one with a query or fragment.
[[nodiscard]] inline std::optional<node_address> read_address(const std::string& url) {
  struct freed {
    void operator()(CURLU* parsed) const noexcept { curl_url_cleanup(parsed); }
  };
  const std::unique_ptr<CURLU, freed> parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  const auto part = [&parsed](CURLUPart which, unsigned flags) -> std::optional<std::string> {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, flags) != CURLUE_OK) return std::nullopt;
    std::string copy(text);
    curl_free(text);
    return copy;
  };
  const auto scheme = part(CURLUPART_SCHEME, 0);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  if (part(CURLUPART_QUERY, 0) || part(CURLUPART_FRAGMENT, 0)) return std::nullopt;
  node_address address;
  address.user = part(CURLUPART_USER, CURLU_URLDECODE).value_or("");
  address.password = part(CURLUPART_PASSWORD, CURLU_URLDECODE).value_or("");
  curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0);
  curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0);
  address.base = part(CURLUPART_URL, 0).value_or("");
  while (address.base.ends_with('/')) address.base.pop_back();
  return address;
}

}  // namespace waku::reliability::rest
