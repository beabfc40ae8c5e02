# skypod: `make run` serves it, `make test` proves it. Both first install what is missing, from Debian and npm.

export PATH := $(CURDIR)/build/bin:$(PATH)
SKYPOD := build/native/cli/skypod
LISTEN ?= 127.0.0.1:7890
JOBS ?= $(shell nproc)

.PHONY: run test e2e sim flood asan fmt tidy clean native serve-only wasm web install-run install-test

run: install-run
	@$(MAKE) --no-print-directory web serve-only
	@exec $(SKYPOD) serve --listen $(LISTEN)

test: install-test
	@$(MAKE) --no-print-directory web native
	ctest --test-dir build/native --output-on-failure --no-tests=error -j $(JOBS)

# The walk through the whole app in real browsers, with screenshots in build/e2e/screenshots.
e2e: install-test
	@$(MAKE) --no-print-directory web native
	node test/e2e/skeleton.mjs $(SKYPOD) build/e2e

# Realms and libraries that sync. make sim SEED=7 shows one run of each event by event; make sim SEEDS=100000 runs many
# fresh ones.
SEEDS ?= 10000
sim: install-test
	@$(MAKE) --no-print-directory native
	@for program in sim/sim_run test/sync/sync_sim; do \
	if [ -n "$(SEED)" ]; then build/native/$$program --seed $(SEED) --trace; \
	else build/native/$$program --fresh --seeds $(SEEDS); fi || exit 1; done

# Floods the real server for half a minute and prints its memory and a quiet realm's latency.
flood: install-test
	@$(MAKE) --no-print-directory native
	build/native/bench/bench_flood $(SKYPOD) 10

asan: install-test
	cmake --preset asan >/dev/null
	cmake --build --preset asan -j $(JOBS)
	ctest --test-dir build/asan --output-on-failure --no-tests=error -j $(JOBS) -LE browser

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
