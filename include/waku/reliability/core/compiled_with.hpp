// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

namespace waku::reliability {

/// See compiled_with.
template <class Owner, class Type>
struct compiled_with_owner {
  using type = Type;
};

/// `Type`, for a member of the class template that `Owner` is a parameter of. A compiler instantiates the type
/// of such a member as soon as it reads the template, unless the type depends on a parameter. So a container
/// that is named this way is compiled where the template is used, and costs those nothing who only include it.
template <class Owner, class Type>
using compiled_with = typename compiled_with_owner<Owner, Type>::type;

}  // namespace waku::reliability
