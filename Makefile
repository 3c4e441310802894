# make demo · make test · make check · make bench          (make help says more)
# Needs Python 3.11 or later and make; uv is fetched into .tools/ where the machine has none.

SHELL := /bin/sh
PYTHON ?= python3
UV ?= $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
BIN := .venv/bin
ARGS ?=
JOBS ?= 2
export UV_PROJECT_ENVIRONMENT := .venv
export VIRTUAL_ENV := $(CURDIR)/.venv

.PHONY: help demo test check bench lock clean dev run docs-check
.DEFAULT_GOAL := help

help:  ## what can be done here
	@echo "make demo    a province to try: http://127.0.0.1:8000 (ARGS=\"--people 5000 --port 9000\")"
	@echo "make test    every test, on a PostgreSQL of its own (ARGS=\"-k signin\" for some)"
	@echo "make check   format, lint, types, import contracts"
	@echo "make bench   measure; one table and one JSON line a figure"
	@echo "make lock    resolve the dependencies again into requirements/"
	@echo "make clean   remove what was built (the demo's data in var/ stays)"

demo: run
	@$(BIN)/huimin demo $(ARGS)

test: dev
	@$(BIN)/pytest -n $(JOBS) --dist loadfile $(ARGS)

check: dev
	@sh .ci/check

bench: .venv/.bench
	@for file in benchmarks/*.py; do [ -e "$$file" ] || { echo "benchmarks/ is empty"; exit 1; }; \
	  case "$$file" in */_*) ;; *) $(BIN)/python "$$file" $(ARGS) || exit 1;; esac; done

run: .venv/.run
dev: .venv/.dev

# The environment is exactly what the lock file says, hash by hash. dev holds all of run.
.venv/.run: requirements/run.lock requirements/build.lock pyproject.toml | $(UV)
	@if [ ! -x $(BIN)/python ]; then "$(UV)" venv --quiet .venv; fi
	@rm -f .venv/.dev
	@"$(UV)" pip sync --quiet --require-hashes requirements/run.lock
	@"$(UV)" pip install --quiet --no-deps --build-constraints requirements/build.lock --editable .
	@touch $@

.venv/.dev: requirements/dev.lock requirements/build.lock pyproject.toml | $(UV)
	@if [ ! -x $(BIN)/python ]; then "$(UV)" venv --quiet .venv; fi
	@"$(UV)" pip sync --quiet --require-hashes requirements/dev.lock
	@"$(UV)" pip install --quiet --no-deps --build-constraints requirements/build.lock --editable .
	@touch .venv/.run $@

# The peers that benchmarks measure beside ours come on top of dev, and go again with the next change of dev.lock.
.venv/.bench: .venv/.dev requirements/bench.lock | $(UV)
	@"$(UV)" pip install --quiet --require-hashes -r requirements/bench.lock
	@touch $@

.tools/bin/uv:
	@sh .ci/fetch-uv $(PYTHON)

LOCK = "$(UV)" pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links pyproject.toml
lock: | $(UV)  ## universal, hashed, and without the address of any registry: docs/decisions/0001
	@$(LOCK) --output-file requirements/run.lock
	@$(LOCK) --extra spark --group dev --constraint requirements/run.lock --output-file requirements/dev.lock
	@"$(UV)" pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --group bench --constraint requirements/dev.lock --output-file requirements/bench.lock
	@"$(UV)" pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --group build --output-file requirements/build.lock

clean:
	@rm -rf .venv .tools dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis var/test
	@find huimin tests -name __pycache__ -type d -prune -exec rm -rf {} +
