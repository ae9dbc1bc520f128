// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <cassert>
#include <utility>

#include <waku/reliability/core/error.hpp>

namespace waku::reliability {

/// A value, or the reason why there is none. `Value` is default constructible.
template <class Value>
class [[nodiscard]] result {
 public:
  result(Value value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as a return
  result(errc error) : error_(error) {}              // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return error_ == errc{}; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const Value& value() const {
    assert(has_value() && "ask has_value() before value()");
    return value_;
  }
  const Value& operator*() const { return value(); }
  const Value* operator->() const { return &value(); }

  /// The refusal. Only where there is no value.
  [[nodiscard]] errc error() const {
    assert(!has_value() && "there is a value, so there is no error");
    return error_;
  }

 private:
  Value value_{};
  errc error_{};  ///< no refusal is 0
};

/// Success, or the reason of a refusal.
template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(errc error) : error_(error) {}  // NOLINT(google-explicit-constructor): reads as a return

  [[nodiscard]] bool has_value() const noexcept { return error_ == errc{}; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The refusal. Only where there was one.
  [[nodiscard]] errc error() const {
    assert(!has_value() && "there is no error");
    return error_;
  }

 private:
  errc error_{};  ///< no refusal is 0
};

}  // namespace waku::reliability
