#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Sees to what a group of targets needs, one of
#   tools/install_requirements.sh \
#     demo|demo-bytes|test|live|midscale|lab|ci|coverage|bench|bench-equality|format|tidy|reference
# On Debian and its kin what is missing is installed when root or sudo is there, else the command is printed.
# Elsewhere it says what is needed. Nothing happens when nothing is missing.
set -u

group=${1:-test}
missing_packages=""
missing_names=""

need() { # package, words for people
  case "$missing_packages " in *" $1 "*) return ;; esac
  missing_packages="$missing_packages $1"
  missing_names="$missing_names
  - $2 (Debian: $1)"
}

# Whether clang++ can link libFuzzer and the sanitizers.
has_fuzzer() {
  printf 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, decltype(sizeof 0)) { return 0; }\n' |
    clang++ -x c++ - -o /dev/null -fsanitize=fuzzer,address,undefined >/dev/null 2>&1
}

# Debian's package of these, which goes by the version of clang.
fuzzer_package() {
  version=$(clang++ -dumpversion 2>/dev/null | sed 's/[.].*//')
  echo "libclang-rt-${version:-14}-dev"
}

has_program() { command -v "$1" >/dev/null 2>&1; }

compiler=${CXX:-c++}
has_program "$compiler" || compiler=g++

has_header() {
  has_program "$compiler" && printf '#include <%s>\n' "$1" | "$compiler" -x c++ -E - >/dev/null 2>&1
}

has_library() { # name for -l
  printf 'int main() {}\n' | "$compiler" -x c++ - -o /dev/null "-l$1" >/dev/null 2>&1
}

need_for_demo() {
  has_program "$compiler" || need g++ "a C++20 compiler"
  has_program cmake || need cmake "CMake 3.25 or newer"
  has_program make || need make "make"
  { has_header openssl/evp.h && has_library crypto; } || need libssl-dev "OpenSSL's headers and libcrypto"
}

need_for_protobuf() {
  has_header google/protobuf/message.h || need libprotobuf-dev "Protobuf's headers and library, 3.21 or newer"
  has_program protoc || need protobuf-compiler "Protobuf's compiler protoc"
}

need_for_test() {
  need_for_demo
  has_program python3 || need python3 "Python 3.9 or newer, for the project's checks"
  has_header doctest/doctest.h || need doctest-dev "doctest's header doctest/doctest.h"
  has_header asio.hpp || need libasio-dev "standalone Asio's header asio.hpp"
  has_header nlohmann/json.hpp || need nlohmann-json3-dev "nlohmann's header nlohmann/json.hpp"
  has_header sqlite3.h || need libsqlite3-dev "SQLite's header and library, 3.35 or newer"
  has_header curl/curl.h || need libcurl4-openssl-dev "libcurl's headers and library, 7.66 or newer"
  has_program openssl || need openssl "OpenSSL's program, which makes the tests' certificates"
  need_for_protobuf
}

need_for_coverage() { has_program gcovr || need gcovr "gcovr"; }

# Debian's matplotlib is for its own Python, which need not be the first one.
has_matplotlib() {
  for python in python3 /usr/bin/python3; do
    "$python" -c 'import matplotlib' >/dev/null 2>&1 && return
  done
  return 1
}

# Whether what is said begins with a version, in two words, or a newer one; letters may stand before it.
is_at_least() { # what is said, major, minor
  oldest=$(($2 * 1000 + $3))
  set -- $(echo "$1" | sed -n 's/[^0-9]*\([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  [ $((${1:-0} * 1000 + ${2:-0})) -ge "$oldest" ]
}

# Ends with where to get a program, if the distribution's package of it is known to be too old.
need_new() { # program, package, name, major, minor, address
  has_program "$1" && return
  packaged=$(apt-cache policy "$2" 2>/dev/null | sed -n 's/ *Candidate: \([0-9]*:\)\{0,1\}\([0-9].*\)/\2/p')
  if [ -n "$packaged" ] && ! is_at_least "$packaged" "$4" "$5"; then
    echo "$3 $4.$5 or newer is needed: $6 (the package $2 is $packaged)" >&2
    exit 1
  fi
  need "$2" "$3 $4.$5 or newer: $6"
}

# The other implementations, which tests and benchmarks ask.
need_for_peers() {
  need_new node nodejs Node.js 20 0 https://nodejs.org
  has_program npm || need npm "npm"
  need_new go golang-go Go 1 24 https://go.dev/dl
}

# What the contenders of the benchmarks are made of, beyond what the tests need.
need_for_contenders() {
  has_header benchmark/benchmark.h || need libbenchmark-dev "Google Benchmark's headers and library"
  has_header boost/unordered/unordered_flat_set.hpp || need libboost1.81-dev "Boost's headers, 1.81 or newer"
  has_header absl/container/flat_hash_set.h || need libabsl-dev "Abseil's headers and libraries"
  has_header tsl/hopscotch_set.h || need libtsl-hopscotch-map-dev "the header tsl/hopscotch_set.h"
  has_header xxhash.h || need libxxhash-dev "xxHash's header, 0.8 or newer"
}

need_for_bench_equality() {
  need_for_demo
  has_program python3 || need python3 "Python 3.9 or newer, which runs the benchmarks"
  has_header asio.hpp || need libasio-dev "standalone Asio's header asio.hpp"
  has_header nlohmann/json.hpp || need nlohmann-json3-dev "nlohmann's header nlohmann/json.hpp"
  need_for_protobuf
  need_for_contenders
  need_for_peers
}

need_for_bench() {
  need_for_bench_equality
  has_header sqlite3.h || need libsqlite3-dev "SQLite's header and library, 3.35 or newer"
  has_matplotlib || need python3-matplotlib "Python's matplotlib"
}

# What the programs on the real network are made of, beyond what the tests need.
need_for_live() {
  need_for_test
  has_header CLI/CLI.hpp || need libcli11-dev "CLI11's header CLI/CLI.hpp"
  need_for_peers
}

# What the program of the lab is made of, and its report.
need_for_midscale() {
  need_for_demo
  has_program python3 || need python3 "Python 3.9 or newer"
  has_header nlohmann/json.hpp || need nlohmann-json3-dev "nlohmann's header nlohmann/json.hpp"
  has_header CLI/CLI.hpp || need libcli11-dev "CLI11's header CLI/CLI.hpp"
  has_header boost/math/distributions/students_t.hpp || need libboost1.81-dev "Boost's headers, 1.81 or newer"
  has_program mpicxx || need libopenmpi-dev "Open MPI's headers and library"
  has_program mpirun || need openmpi-bin "Open MPI's program mpirun"
  need_new node nodejs Node.js 20 0 https://nodejs.org
  has_program npm || need npm "npm"
}

# And what its tests need beyond that.
need_for_lab() {
  need_for_test
  need_for_midscale
  has_program chromium || has_program chromium-browser || has_program google-chrome ||
    need chromium "Chromium, which opens the reports"
}

need_for_ci() {
  need_for_live
  need_for_lab
  need_for_coverage
  has_program clang++ || need clang "clang++, the second compiler"
  has_fuzzer || need "$(fuzzer_package)" "clang's libFuzzer and sanitizers"
  has_program git || need git "git"
  need_for_contenders
}

case $group in
  demo) need_for_demo ;;
  demo-bytes) need_for_demo; need_for_protobuf ;;
  test) need_for_test ;;
  live) need_for_live ;;
  midscale) need_for_midscale ;;
  lab) need_for_lab ;;
  ci) need_for_ci ;;
  coverage) need_for_test; need_for_coverage ;;
  bench) need_for_bench ;;
  bench-equality) need_for_bench_equality ;;
  format) has_program clang-format || need clang-format "clang-format" ;;
  reference)
    has_program python3 || need python3 "Python 3.9 or newer"
    has_program doxygen || need doxygen "Doxygen 1.9 or newer"
    ;;
  tidy)
    need_for_test
    has_program clang-tidy || need clang-tidy "clang-tidy"
    has_program clang++ || need clang "clang++"
    ;;
  *)
    echo "$0: no group $group; there are demo, demo-bytes, test, live, midscale, lab, ci," \
      "coverage, bench, bench-equality, format, tidy, reference" >&2
    exit 2
    ;;
esac

if [ -n "$missing_packages" ]; then
  packages=${missing_packages# }
  command="apt-get install -y --no-install-recommends $packages"
  if ! has_program apt-get; then
    echo "make needs, and this machine lacks:$missing_names" >&2
    exit 1
  fi
  if [ "$(id -u)" = 0 ]; then
    as_root=""
  elif has_program sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root="sudo "
  else
    echo "Something is missing and there is neither root nor sudo to install it. As root, run:" >&2
    echo "  apt-get update && $command" >&2
    exit 1
  fi
  echo "installing: $packages"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  install="${as_root}env DEBIAN_FRONTEND=noninteractive $command"
  # The lists of packages are fetched only when the first try finds nothing.
  if ! $install >"$log" 2>&1 && ! { ${as_root}apt-get update && $install; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "The installation failed. By hand: apt-get update && $command" >&2
    exit 1
  fi
fi

# A machine, or its distribution, may have programs that are too old.
at_least() { # name, oldest version in two words, where to get it, what prints the version
  name=$1
  major=$2
  minor=$3
  address=$4
  shift 4
  said=$("$@" 2>/dev/null | sed -n 1p)
  if ! is_at_least "$said" "$major" "$minor"; then
    echo "$name $major.$minor or newer is needed: $address; this is ${said:-unknown}" >&2
    exit 1
  fi
}
case $group in
  format | reference) ;;
  *) at_least CMake 3 25 https://cmake.org/download cmake --version ;;
esac
case $group in
  ci | live | bench | bench-equality)
    at_least Node.js 20 0 https://nodejs.org node --version
    at_least Go 1 24 https://go.dev/dl go version
    ;;
  midscale | lab) at_least Node.js 20 0 https://nodejs.org node --version ;;
esac
