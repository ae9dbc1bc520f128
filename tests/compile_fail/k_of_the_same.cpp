// SPDX-License-Identifier: Apache-2.0 OR MIT
// A combination that wants two kinds of evidence, which one store would give.
// sentence: each_reads_evidence_of_its_own
#include <waku/reliability.hpp>

namespace wr = waku::reliability;

#ifdef BAD_LINE
using my_confirmation = wr::k_of_n<2, wr::store_presence, wr::store_audit>;
#else
using my_confirmation = wr::k_of_n<2, wr::store_audit, wr::filter_echo>;
#endif

int main() {}
