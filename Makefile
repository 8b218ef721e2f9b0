# Everything starts here; `make help` lists it. Needs Python 3.11 or later, nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := runs/quickstart

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-slow lint bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## make the virtual environment with the tested versions

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY) ## run configs/quickstart.yaml; ends with the table and the path of the report
	rm -rf $(DEMO)
	$(BIN)/leadmc run configs/quickstart.yaml --out $(DEMO)

test: $(READY) ## run every test but the slow ones
	$(BIN)/python -m pytest

test-slow: $(READY) ## run the slow tests: the full size of statistical ones
	$(BIN)/python -m pytest -m slow

lint: $(READY) ## check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## measure the kernel against NumPy in the same run
	$(BIN)/python -m benchmarks.run

clean: ## remove the virtual environment and what the tools have cached
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
