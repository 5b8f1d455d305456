# The commands of every day. CMake does the work; see CMakePresets.json.
PREFIX       ?= /usr/local
DESTDIR      ?=
JOBS         ?= $(shell nproc 2>/dev/null || echo 2)
FUZZ_SECONDS ?= 60

MAKEFLAGS    += --no-print-directory

build = cmake --preset $(1) $(2) && cmake --build --preset $(1) -j $(JOBS)

.DEFAULT_GOAL := all
.PHONY: all demo test install debug asan tsan fuzz test-faults test-attacks test-kill test-cross test-memory test-long coverage analyze bench clean help

all: ## build/rq, build/librq_library.a, build/librq_library.so, build/rq-bench
	@scripts/setup build
	@$(call build,release,-DRQ_TESTS=OFF)

demo: ## lose 70% of a large file's symbols and have it back
	@scripts/setup demo
	@$(call build,release,-DRQ_TESTS=OFF)
	@scripts/demo build/rq

test: ## build, warnings being errors, and run all tests
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON -DRQ_WERROR=ON)
	@TMPDIR=$$(scripts/test-folder) ctest --preset release

install: ## into PREFIX, below DESTDIR
	@scripts/setup build
	@$(call build,release,-DRQ_TESTS=OFF -DCMAKE_INSTALL_PREFIX=$(PREFIX))
	@DESTDIR=$(DESTDIR) cmake --install build

debug asan tsan: ## the tests without optimization, under ASan and UBSan, under TSan
	@scripts/setup test
	@$(call build,$@)
	@TMPDIR=$$(scripts/test-folder) ctest --preset $@

fuzz: ## each fuzzer for FUZZ_SECONDS (60)
	@scripts/setup fuzz
	@$(call build,fuzz)
	@scripts/fuzz build/fuzz/fuzz $(FUZZ_SECONDS)

test-faults: ## every system call failing, one at a time (minutes)
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON)
	@scripts/test-faults build

test-cross: ## the tests for 32 bits, aarch64, s390x under qemu (long), and as WebAssembly
	@scripts/setup test
	@scripts/test-cross
	@scripts/test-wasm

test-attacks: ## 100,000 damaged encodings, and disks that are full (minutes; the latter as root)
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON)
	@scripts/test-attacks build

test-kill: ## killed at 200 random moments
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON)
	@scripts/test-kill build

test-memory: ## hard memory limits with files of GiB (minutes; 14 GiB of room, see scripts/test-memory)
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON)
	@scripts/test-memory $(if $(DIR),--dir $(DIR)) $(if $(SIZE),--size $(SIZE))

test-long: ## random rounds through files, and failure rates over many trials (minutes)
	@scripts/setup test
	@$(call build,release,-DRQ_TESTS=ON)
	@scripts/test-long build

coverage: ## lines and branches that the tests reach
	@scripts/setup test
	@$(call build,coverage)
	@scripts/coverage build/coverage

analyze: ## clang-tidy and cppcheck
	@scripts/setup analyze
	@cmake --preset release
	@scripts/analyze build

bench: all ## what the machine can do, and how near the code comes
	@build/rq-bench roofline
	@build/rq-bench codec --symbol-size 1280 --k 10,100,1000,10000

clean: ## remove build/
	@cmake -E rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile
