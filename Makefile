# SPDX-License-Identifier: Apache-2.0 OR MIT

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CMAKE ?= cmake
CTEST ?= ctest
PYTHON ?= python3
# Where Go's own archive is unpacked, for shells that do not know.
export PATH := $(PATH):/usr/local/go/bin

# Without what this make tells its children, the inner make neither waits for job slots nor names its folders.
build = env -u MAKEFLAGS -u MAKELEVEL $(CMAKE) --build
build_tests = $(CMAKE) --preset $(1) > /dev/null && $(build) --preset $(1) --parallel $(JOBS)
run_tests = $(CTEST) --preset $(1) --parallel $(JOBS)
# One target of what is built for the real network.
build_live = tools/install_requirements.sh live && $(CMAKE) --preset live > /dev/null && \
  $(build) --preset live --parallel $(JOBS) --target $(1)

.DEFAULT_GOAL := help
.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: ## build and run the demo: INPUT=file sends its lines (- reads standard input), ARGS="--seed 7" passes options
	@tools/install_requirements.sh $(subst _,-,$(demo_program))
	@mkdir -p build
	@$(CMAKE) -S . -B build -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
	  -DWAKU_RELIABILITY_TESTS=OFF -DWAKU_RELIABILITY_EXAMPLES=OFF -DWAKU_RELIABILITY_DEMO=ON \
	  -DWAKU_RELIABILITY_STRICT=OFF > build/configure.log 2>&1 || { cat build/configure.log; exit 1; }
	@$(build) build --parallel $(JOBS) --target $(demo_program)
	@build/$(demo_program) $(ARGS) $(if $(INPUT),"$(INPUT)")

# Real bytes need Protobuf, which the demo itself does without.
demo_program = demo$(if $(findstring --bytes,$(ARGS)),_bytes)

.PHONY: test
test: ## build and run the tests; with CI=true all: both compilers, sanitizers, coverage, live, fuzz, random, mutants
ifeq ($(CI),true)
	@tools/install_requirements.sh ci
	@$(MAKE) --no-print-directory coverage sanitize thread-sanitize live-sanitize lab-clang fuzz spec random \
	  mutants budget bench-equality
else
	@tools/install_requirements.sh test
	@$(MAKE) --no-print-directory test-gcc
endif

.PHONY: test-gcc
test-gcc: ## build and run the tests with the default compiler
	@$(call build_tests,development)
	@$(call run_tests,development)

.PHONY: test-clang
test-clang: ## build and run the tests with clang++
	@$(call build_tests,clang)
	@$(call run_tests,clang)

.PHONY: sanitize
sanitize: ## build and run the tests with clang++ under the address and undefined behaviour sanitizers
	@$(call build_tests,sanitize)
	@$(call run_tests,sanitize)

.PHONY: thread-sanitize
thread-sanitize: ## run the adapters' tests under the thread sanitizer
	@$(call build_tests,thread)
	@$(FIXED_ADDRESSES) $(call run_tests,thread)

# The thread sanitizer fails on kernels that spread addresses far; setarch -R stops the spreading.
FIXED_ADDRESSES = $(shell setarch $$(uname -m) -R true 2>/dev/null && echo setarch $$(uname -m) -R)

.PHONY: live
live: ## run the tests on the real network: go-waku, js-waku and our programs on the loopback; needs Go and Node.js
	@tools/install_requirements.sh live
	@$(call build_tests,live)
	@$(call run_tests,live)

.PHONY: live-sanitize
live-sanitize: ## run them with clang++ under the address and undefined behaviour sanitizers
	@$(call build_tests,live_sanitize)
	@$(call run_tests,live_sanitize)

.PHONY: live-demo
live-demo: ## send 300 lines over go-waku and our nodes, some killed meanwhile; INPUT and ARGS as for demo
	@$(call build_live,live_demo)
	@$(PYTHON) tests/live/demo.py $(ARGS) $(if $(INPUT),"$(INPUT)")

.PHONY: traffic
traffic: ## count what go-waku relay nodes send and receive, five runs of six minutes; ARGS for tests/live/traffic.py
	@$(call build_live,live_traffic)
	@$(PYTHON) tests/live/traffic.py $(ARGS)

.PHONY: soak
soak: ## 10 messages a second for an hour over nodes amid faults, and what is wrong, lost or leaked: SECONDS=600 SEED=7
	@$(call build_live,live_soak)
	@$(PYTHON) tests/live/soak.py --seconds $(or $(SECONDS),3600) $(if $(SEED),--seed $(SEED)) $(ARGS)

# The lab's program, build/midscale.
build_midscale = tools/install_requirements.sh midscale && mkdir -p build && { $(CMAKE) -S . -B build \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" -DWAKU_RELIABILITY_TESTS=OFF \
  -DWAKU_RELIABILITY_EXAMPLES=OFF -DWAKU_RELIABILITY_LAB=ON -DWAKU_RELIABILITY_STRICT=OFF \
  > build/configure.log 2>&1 || { cat build/configure.log; exit 1; } } && \
  $(build) build --parallel $(JOBS) --target midscale

.PHONY: midscale
midscale: ## the ten studies of large networks at a tenth of their size, with a report; ARGS="--only light-mix"
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/studies.py --scale 0.1 --out build/midscale-runs $(ARGS)

.PHONY: midscale-full
midscale-full: ## the ten studies at full size: with their own 1,000 nodes or so, and with 5,000
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/studies.py --out build/midscale-full/own-size $(ARGS)
	@$(PYTHON) benchmarks/midscale/studies.py --nodes 5000 --out build/midscale-full/5000-nodes $(ARGS)

.PHONY: midscale-truth
midscale-truth: ## hold the lab against published figures, the closed form and the traffic of real nodes
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/truth/truth.py $(ARGS)

.PHONY: midscale-cost
midscale-cost: ## what a run costs in time and memory, at 1,000 to 10,000 nodes; ARGS="--repeat 5"
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/cost/cost.py $(ARGS)

.PHONY: midscale-contender
midscale-contender: ## time the lab beside a model of the same network in Python: ARGS="--nodes 1000 2000 --repeat 5"
	@$(call build_midscale)
	@test -x build/contender/bin/pip || $(PYTHON) -m venv build/contender
	@build/contender/bin/pip install --quiet --disable-pip-version-check -r benchmarks/midscale/contender/requirements.txt
	@build/contender/bin/python benchmarks/midscale/contender/contest.py $(ARGS)

.PHONY: midscale-regression
midscale-regression: ## what is different from the lab of BASE=tag: SCENARIO=relay-bandwidth NODES=200 REPEAT=5 ARGS
	@: "$(or $(BASE),$(error say BASE=tag, the version to compare with))"
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/regression/regression.py "$(BASE)" --jobs $(JOBS) $(if $(NODES),--nodes $(NODES)) \
	  --scenario $(or $(SCENARIO),relay-bandwidth) --repeat $(or $(REPEAT),5) $(ARGS)

.PHONY: midscale-sensitivity
midscale-sensitivity: ## which seeded regressions compare finds, and how often equal versions raise an alarm
	@$(call build_midscale)
	@$(PYTHON) benchmarks/midscale/regression/sensitivity.py $(ARGS)

.PHONY: lab
lab: ## build and run the tests of the lab
	@tools/install_requirements.sh lab
	@$(call build_tests,lab)
	@$(call run_tests,lab)

.PHONY: lab-clang
lab-clang: ## build and run them with clang++: the same seeds give the same summaries
	@tools/install_requirements.sh lab
	@$(call build_tests,lab_clang)
	@$(call run_tests,lab_clang)

.PHONY: random
random: SEED ?= $(WAKU_SEED)
random: SCHEDULES ?= $(or $(WAKU_SCHEDULES),$(if $(SEED),1,20000))
random: ## 20,000 random schedules: SEED=7 replays one, SEED=7 SCHEDULES=500 runs so many from there
	@$(call build_tests,schedules)
	@WAKU_SEED=$(or $(SEED),1) WAKU_SCHEDULES=$(SCHEDULES) $(CTEST) --test-dir build/schedules \
	  --tests-regex '^generic/random/' --parallel $(JOBS) --output-on-failure --no-tests=error

.PHONY: fuzz
fuzz: ## run each fuzz target for 15 s with clang's libFuzzer: SECONDS=60 for longer, TARGETS="frame store" for some
	@$(PYTHON) tools/fuzz.py --jobs $(JOBS) --seconds $(or $(SECONDS),15) $(TARGETS)

.PHONY: fuzz-long
fuzz-long: ## run each fuzz target for 10 minutes, and renew the kept corpus in tests/fuzz/corpus
	@$(PYTHON) tools/fuzz.py --jobs $(JOBS) --seconds $(or $(SECONDS),600) --keep $(TARGETS)

.PHONY: spec
spec: ## list the statements of the spec with the tests that observe them; fails on a gap
	@$(PYTHON) tools/spec.py

.PHONY: mutants
mutants: ## break the code line by line and see the named tests turn red: PART=2/6 does a sixth
	@$(PYTHON) tools/mutants.py --jobs $(JOBS) \
	  $(if $(PART),--part $(PART),$(if $(filter true,$(CI)),--by-commit 6))

.PHONY: coverage
coverage: ## build and run the tests with g++ and print the line coverage of include/; fails below 95 %
	@tools/install_requirements.sh coverage
	@find build/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(call build_tests,coverage)
	@$(call run_tests,coverage)
	@gcovr --root . --filter 'include/' --object-directory build/coverage -j $(JOBS) --sort-uncovered \
	  --fail-under-line 95 build/coverage/tests build/coverage/examples

.PHONY: budget
budget: ## compile time of the umbrella against its std headers; fails on a third-party header
	@$(PYTHON) tools/budget.py

.PHONY: bench
bench: ## time the library beside its peers: tables, figures, a picture; ARGS="--workloads seen_set,engine" for some
	@tools/install_requirements.sh bench
	@$(PYTHON) tools/bench.py --jobs $(JOBS) $(ARGS)

.PHONY: bench-compare
bench-compare: ## BASE=results.json of an earlier run: tell what has become slower since; fails if something has
	@$(PYTHON) tools/bench_compare.py "$(or $(BASE),$(error say BASE=file, the results.json of an earlier make bench))"

.PHONY: bench-equality
bench-equality: ## have the contenders of the benchmarks give the same answers; nothing is timed
	@tools/install_requirements.sh bench-equality
	@$(PYTHON) tools/bench.py --equality --jobs $(JOBS) $(ARGS)

.PHONY: style
style: ## check widths, layers, words, twins
	@$(PYTHON) tools/check_style.py

.PHONY: format
format: ## format all sources with clang-format
	@tools/install_requirements.sh format
	@git ls-files '*.hpp' '*.cpp' | xargs clang-format -i

.PHONY: tidy
tidy: ## run clang-tidy over the headers, one program per header
	@tools/install_requirements.sh tidy
	@$(CMAKE) --preset clang > /dev/null
	@git ls-files 'include/*.hpp' | xargs -P $(JOBS) -n 4 clang-tidy -p build/clang --quiet

.PHONY: reference
reference: ## make the API reference in build/reference with Doxygen; fails where a comment is missing
	@tools/install_requirements.sh reference
	@$(PYTHON) tools/reference.py

.PHONY: clean
clean: ## remove everything that was built
	@rm -rf build
