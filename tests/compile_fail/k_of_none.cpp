// SPDX-License-Identifier: Apache-2.0 OR MIT
// A combination of confirmations of which none is enough.
// sentence: k_between_1_and_the_number_listed
#include <waku/reliability.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
using my_confirmation = wr::k_of_n<0, wr::store_presence, wr::filter_echo>;
#else
using my_confirmation = wr::k_of_n<1, wr::store_presence, wr::filter_echo>;
#endif

int main() {}
