# skypod: `make run` serves it, `make test` proves it. Both first install what is missing, from Debian and npm.

export PATH := $(CURDIR)/build/bin:$(PATH)
SKYPOD := build/native/cli/skypod
LISTEN ?= 127.0.0.1:7890
JOBS ?= $(shell nproc)
# Of CTest; what a test takes of them is in cmake/skypod.cmake.
SLOTS ?= $(shell expr 2 '*' $(JOBS) + 1)

.PHONY: run test e2e screenshots lighthouse sim flood nat faults mesh bench-realm bench-rtc bench-reading bench-audio
.PHONY: asan tsan fuzz fmt tidy bench bench-proxy bench-sync bench-app clean native
.PHONY: serve-only wasm web install-run install-test

run: install-run
	@$(MAKE) --no-print-directory web serve-only
	@exec $(SKYPOD) serve --listen $(LISTEN)

test: install-test
	@$(MAKE) --no-print-directory web native
	ctest --test-dir build/native --output-on-failure --no-tests=error -j $(SLOTS) -LE long

# The walks through the app in real browsers, with screenshots in build/e2e/*/screenshots.
e2e: install-test
	@$(MAKE) --no-print-directory web native
	ctest --test-dir build/native --output-on-failure --no-tests=error -R '^e2e'

# Every screen on a phone and a desk, in light and dark: into build/e2e/screens/screenshots, the best into docs/images.
screenshots: install-test
	@$(MAKE) --no-print-directory web serve-only
	node test/e2e/screens.mjs $(SKYPOD) build/e2e/screens docs/images

# Lighthouse over the built app, on a phone and a desk; reports in build/lighthouse.
lighthouse: install-test
	@$(MAKE) --no-print-directory web serve-only
	node test/e2e/lighthouse.mjs $(SKYPOD) build/lighthouse

# Everything that is measured, one after the other; each command writes its section of docs/BENCHMARKS.md.
BENCHES := bench-realm bench-rtc bench-reading bench-sync bench-audio bench-app bench-browser bench-proxy
bench:
	@for part in $(BENCHES); do $(MAKE) --no-print-directory $$part || exit 1; done

# Real Chromium with 100,000 episodes: frames while scrolling, searches, and the start on a slow processor. Into
# docs/BENCHMARKS.md.
bench-app: install-test
	@$(MAKE) --no-print-directory web serve-only
	node bench/app.mjs $(SKYPOD) --report

# Real Chromium gets 50,000 episodes from a native peer: is the page quick meanwhile, and the search afterwards? Into
# docs/BENCHMARKS.md.
bench-browser: install-test
	@$(MAKE) --no-print-directory web serve-only
	node bench/browser.mjs $(SKYPOD) build/bench-browser 50000 --report

# Realms, with removals and without UDP, too, and libraries that sync. make sim SEED=7 shows one run of each event by
# event; make sim SEEDS=100000 runs many fresh ones.
SEEDS ?= 10000
sim: install-test
	@$(MAKE) --no-print-directory wasm native
	@for program in sim/sim_run "sim/sim_run --removal" "sim/sim_run --relayed" test/sync/sync_sim; do \
	if [ -n "$(SEED)" ]; then build/native/$$program --seed $(SEED) --trace; \
	else build/native/$$program --fresh --seeds $(SEEDS); fi || exit 1; done
	@[ -n "$(SEED)" ] || ctest --test-dir build/native --output-on-failure --no-tests=error -R '^vectors.*_long$$'

# Floods the real server for half a minute and prints its memory and a quiet realm's latency.
flood: install-test
	@$(MAKE) --no-print-directory native
	build/native/bench/bench_flood $(SKYPOD) 10

# Broadcasts, authentications and idle connections of the realm server, beside ws and the kernel. Into
# docs/BENCHMARKS.md.
bench-realm: install-test
	@$(MAKE) --no-print-directory serve-only
	cmake --build --preset native --target bench_realm bench_idle -j $(JOBS)
	node bench/realm.mjs $(SKYPOD) build/native/bench/bench_realm build/native/bench/bench_idle --report

# Data channels beside libdatachannel, with and without Chromium.
bench-rtc: install-test
	@$(MAKE) --no-print-directory wasm
	cmake --preset native >/dev/null
	cmake --build --preset native --target interop_peer -j $(JOBS)
	node bench/data_channel.mjs build/native/test/interop/interop_peer --report

# Feeds and articles, beside their floors and what others make of the same documents, into docs/BENCHMARKS.md.
CORPORA ?= ../shared/corpora
bench-reading: install-test
	@$(MAKE) --no-print-directory native
	node bench/feeds.mjs build/native/bench/bench_feed_parse $(CORPORA)/real-feeds --report
	node bench/articles.mjs build/native/bench/bench_article_find $(CORPORA)/article-benchmark/html --report

# A cached feed from our proxy and from nginx, in turns. Wants a machine that has nothing else to do: our thread for
# strangers gives way to whatever else wants the processor. Into docs/BENCHMARKS.md.
bench-proxy: install-test
	@$(MAKE) --no-print-directory serve-only
	node bench/proxy.mjs $(SKYPOD) --report

# Two devices behind every kind of router, with loss and delay: do they always connect? Into docs/BENCHMARKS.md.
nat: install-test
	@$(MAKE) --no-print-directory web native
	node test/nat/nat.mjs $(SKYPOD) build/native/test/nat/nat_wire build/nat --report

# What fails and comes back while devices talk, ROUNDS times each. Into docs/BENCHMARKS.md.
ROUNDS ?= 10
faults: install-test
	@$(MAKE) --no-print-directory native
	node test/faults/faults.mjs $(SKYPOD) build/native/test/nat/nat_wire build/faults --rounds $(ROUNDS) --report

# Twenty native peers in one realm for five minutes, with churn; then how many are too many. Into docs/BENCHMARKS.md.
mesh: install-test
	@$(MAKE) --no-print-directory native
	node bench/mesh.mjs $(SKYPOD) --report

# What syncing costs, natively and in WebAssembly, beside yjs, loro-crdt and automerge.
bench-sync: install-test
	@$(MAKE) --no-print-directory wasm
	cmake --preset native >/dev/null
	cmake --build --preset native --target bench_sync bench_sync_record -j $(JOBS)
	node bench/sync.mjs build/native/bench/bench_sync build/native/bench/bench_sync_record \
	build/wasm/wasm/core.wasm build/bench-sync

# Silences and loudness of speech, beside ffmpeg. Files are made once, in build/bench-audio.
bench-audio: install-test
	@$(MAKE) --no-print-directory serve-only
	node bench/audio.mjs $(SKYPOD) build/bench-audio

asan: install-test
	cmake --preset asan >/dev/null
	cmake --build --preset asan -j $(JOBS)
	ctest --test-dir build/asan --output-on-failure --no-tests=error -j $(SLOTS) -LE browser

# The native peer and its connections, the one part with threads that talk. A race ends the process, and so the test.
tsan: install-test
	cmake --preset tsan >/dev/null
	cmake --build --preset tsan --target rtc_tests peer_process_test -j $(JOBS)
	for part in rtc test/peer; do \
	TSAN_OPTIONS="suppressions=$(CURDIR)/rtc/tsan.supp halt_on_error=1" \
	ctest --test-dir build/tsan/$$part --output-on-failure --no-tests=error -j $(JOBS) || exit 1; done

# Looks for inputs that break a parser, half a minute each; `make test` does a second each.
FUZZ_SECONDS ?= 30
fuzz: install-test
	cmake --preset native >/dev/null
	cmake --build --preset native --target fuzz -j $(JOBS)
	fuzz/run build/native/fuzz $(FUZZ_SECONDS)

fmt:
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

tidy: install-test
	@cmake --preset native >/dev/null
	@cmake --build --preset native --target tidy -j $(JOBS)
	build/native/tools/tidy/tidy --root .

clean:
	rm -rf build web/node_modules

# Parts of the above; they expect the packages to be there.
native:
	cmake --preset native >/dev/null
	cmake --build --preset native -j $(JOBS)

serve-only:
	cmake --preset native >/dev/null
	cmake --build --preset native --target skypod -j $(JOBS)

wasm:
	cmake --preset wasm >/dev/null
	cmake --build --preset wasm -j $(JOBS)

web: wasm
	cd web && npm run --silent typecheck && npm run --silent build

install-run:
	@tools/setup/install run

install-test:
	@tools/setup/install test
