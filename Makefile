# Slipway on this machine. `make help` says what can be made.

PORT ?= 9000
FILE ?=

CARGO_LAMBDA_VERSION := 1.9.2

VENV := .venv
LOCAL := target/debug/local
PIP := $(VENV)/bin/pip
PIP_INSTALL := $(PIP) install --quiet --disable-pip-version-check
CLIENTS := tests/clients/requirements.txt

# Both are stamps: another version, or a changed file, installs anew.
CARGO_LAMBDA_INSTALLED := $(VENV)/cargo-lambda-$(CARGO_LAMBDA_VERSION).installed
CLIENTS_INSTALLED := $(VENV)/clients.installed

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help
help: ## List what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: build ## Run Slipway until Ctrl-C, on PORT (9000) and the two ports after it
	@$(LOCAL) run --port $(PORT)

.PHONY: demo
demo: build ## Upload, prove, list and download FILE (a made-up MiB), on what runs or on PORT
	@$(LOCAL) demo --port $(PORT) $(if $(FILE),--file '$(FILE)')

.PHONY: clean-local
clean-local: ## Forget the data and the key of `make run`
	rm -rf .local/data .local/env

.PHONY: test
test: build $(CLIENTS_INSTALLED) ## Run every test, the official client's too
	cargo test --workspace
	$(LOCAL) with -- sh -c '$(VENV)/bin/pytest tests/clients && $(LOCAL) demo'

.PHONY: lint
lint: need-cargo ## Check format and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --all-features -- -D warnings

# `cargo lambda watch` starts each function by `cargo run`. Only the whole workspace, built at once,
# has the same features as that, so that nothing is built a second time.
.PHONY: build
build: need-cargo $(CARGO_LAMBDA_INSTALLED)
	cargo build --workspace --bins

$(CARGO_LAMBDA_INSTALLED): | $(PIP)
	$(PIP_INSTALL) --no-deps cargo-lambda==$(CARGO_LAMBDA_VERSION)
	@touch $@

$(CLIENTS_INSTALLED): $(CLIENTS) | $(PIP)
	$(PIP_INSTALL) --requirement $(CLIENTS)
	@touch $@

$(PIP): | need-python
	python3 -m venv $(VENV)

.PHONY: need-cargo need-python
need-cargo:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install Rust with rustup'; exit 1; }
	@command -v cc >/dev/null || { echo 'a C compiler is missing: apt-get install build-essential'; exit 1; }

need-python:
	@command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install python3'; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo 'python3-venv is missing: apt-get install python3-venv'; exit 1; }
