// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <concepts>
#include <cstdint>

#include <waku/reliability/capability/transport.hpp>
#include <waku/reliability/policy/options.hpp>
#include <waku/reliability/policy/slot.hpp>

namespace waku::reliability {

/// The ways of asking whether a message arrived.
struct evidence_kinds {
  bool presence = false;  ///< store queries by hash (S1)
  bool audit = false;     ///< the audit's content queries (S3)
  bool echo = false;      ///< filter nodes that push it back (L4)

  [[nodiscard]] constexpr bool store() const { return presence || audit; }
  [[nodiscard]] constexpr bool any() const { return presence || audit || echo; }
  friend constexpr bool operator==(const evidence_kinds&, const evidence_kinds&) = default;
};

/// What is known so far about one message. A node counts once, however often it shows the message.
struct evidence {
  std::uint32_t stores = 0;  ///< distinct stores that listed it; more than 4 count as 4
  std::uint32_t echoes = 0;  ///< distinct filter nodes that pushed it back; all that may be wanted is 4
};

/// Says which evidence is gathered, and when it is enough.
template <class Policy>
concept confirmation_policy =
    policy<Policy> && Policy::fills == slot::confirmation && std::default_initializable<Policy> &&
    requires(const Policy& confirmation, const evidence& seen, const confirmation_options& numbers) {
      { Policy::needs } -> std::convertible_to<capability_set>;
      { Policy::asks } -> std::convertible_to<evidence_kinds>;
      { confirmation.enough(seen, numbers) } -> std::same_as<bool>;
    };

}  // namespace waku::reliability
