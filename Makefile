# Rushline's commands. `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := app.py chalicelib rushline_testing bench infra local ops simulation tests

.DEFAULT_GOAL := help
.PHONY: help run test check fmt reconcile package model bench openapi clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP): requirements.txt requirements-dev.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Rushline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Set PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) has no venv module; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: $(STAMP) ## Start the whole stack on this machine, play a rush, serve (ONCE=1: stop after it)
	@$(BIN)/python -m local.run $(if $(ONCE),--once)

test: check ## Check everything, then run every test
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(STAMP) ## Format, lint, types and import contracts
	@$(BIN)/ruff format --check --quiet $(SOURCES) || { echo "Run: make fmt" >&2; exit 1; }
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(STAMP) ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	@$(BIN)/ruff format $(SOURCES)

reconcile: $(STAMP) ## Hold coupons and stock against their ledgers and the orders (COUPON=CODE: one)
	@$(BIN)/python -m local.operate reconcile --orders $(if $(filter command,$(firstword $(origin COUPON))),--counter $(COUPON))

package: $(STAMP) ## Build what `aws cloudformation deploy` takes
	@$(BIN)/python -m infra.package

model: $(STAMP) ## Try the real client on a real model: downloads 100 MB, compiles for minutes, once
	@$(BIN)/python -m local.small_model

bench: $(STAMP) ## Measure every figure, into .local/bench.json
	@$(BIN)/python -m bench

openapi: $(STAMP) ## Write docs/openapi.json from the code
	@$(BIN)/python -m chalicelib.entrypoints.openapi > docs/openapi.json

# Without the environment nothing of ours can be running: it runs from there.
clean: ## Forget the local stack and its state
	@if [ ! -d .local ]; then :; \
	elif [ -d $(VENV) ]; then $(MAKE) -s $(STAMP) && $(BIN)/python -m local.clean; \
	else rm -rf .local; fi
