# Harmonic Universe: every task that a person runs. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
GATEWAY ?=

# One thread a worker: the platform scales by processes (measured: two BLAS threads are slower than one).
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export NUMBA_NUM_THREADS := 1

.PHONY: sqlite-long help setup setup-dev demo serve test lint up down dev bench chaos evolution determinism determinism-renew contracts release report lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

setup: ## the virtual environment with what the platform needs, JIT caches warm
	@PYTHON=$(PYTHON) deploy/tools/setup.sh run

setup-dev: ## the same, with what tests and checks need
	@PYTHON=$(PYTHON) deploy/tools/setup.sh dev

demo: setup ## TRAPPIST-1 becomes music in out/trappist-1 (GATEWAY=http://... uses a running platform)
	@$(BIN)/python -m harmonic_standalone.demo $(if $(GATEWAY),--gateway $(GATEWAY))

serve: setup ## the embedded platform; prints its address
	@$(BIN)/harmonic serve

test: setup-dev ## lint, types, import rules and all tests that this machine can run
	@deploy/tools/test.sh

lint: setup-dev ## lint, types and import rules alone
	@deploy/tools/test.sh lint

up: ## the platform in containers, on http://127.0.0.1:8000
	@deploy/tools/compose.sh up

down: ## stop the containers (data is kept; `docker compose down -v` removes it)
	@deploy/tools/compose.sh down

dev: ## the containers with sources mounted and reload on change
	@deploy/tools/compose.sh dev

sqlite-long: setup-dev ## a million writes to SQLite beside a reading process: none may find it locked
	@$(BIN)/python -m pytest -m slow libs/chassis/tests/database/test_sqlite.py

bench: setup-dev ## measure, and write the figures under bench/results
	@$(BIN)/python -m bench

chaos: setup-dev ## kill every process, the broker and the database under load, and check the books (SEED=n repeats)
	@$(BIN)/python -m harmonic_standalone.testing.chaos $(if $(SEED),--seed $(SEED)) --out out/chaos.json

evolution: setup-dev ## run the last recorded release beside this code on one broker and one set of databases, both ways
	@$(BIN)/python -m harmonic_standalone.testing.evolution

determinism: setup-dev ## one hash a golden universe: threads x SIMD widths x checkpoints (minutes)
	@$(BIN)/python deploy/tools/determinism.py

determinism-renew: setup-dev ## write the golden hashes anew, after numbers were changed on purpose
	@$(BIN)/python deploy/tools/determinism.py --renew

contracts: setup-dev ## generate JSON Schemas, AsyncAPI, OpenAPI, the .env example and missing golden samples
	@$(BIN)/python deploy/tools/contracts.py
	@$(BIN)/python deploy/tools/env_example.py
	@$(BIN)/python deploy/tools/promises.py
	@$(BIN)/python deploy/tools/openapi.py
	@$(BIN)/python deploy/tools/system_pages.py
	@$(BIN)/python deploy/tools/soundscape_page.py

release: setup-dev ## record schemas, golden events and migration heads of this commit under releases/N
	@$(BIN)/python deploy/tools/release.py

report: setup-dev ## test and coverage reports under reports/
	@deploy/tools/test.sh report

lock: setup-dev ## write the lock files anew
	@deploy/tools/lock.sh --upgrade

clean: ## remove what make made (not your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis reports out
