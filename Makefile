# Everything that a person or CI runs. Needs GNU make, a POSIX shell and Python 3.11 or later; the rest is installed
# into .venv, again only when pyproject.toml or constraints.txt has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= auto

# Tests start hundreds of interpreters: what is compiled is kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

INSTALL = $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help serve demo test lint format typecheck bench docs site wheel release clean

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

serve: $(VENV)/base ## Serve the API on this machine; ARGS="--port 0" passes options on
	@exec $(BIN)/evolink-mock serve $(ARGS)

demo: $(VENV)/media ## Make a video from two others: build/demo/result.mp4, and a contact sheet of it
	@$(BIN)/python examples/demo/demo.py build/demo

test: lint typecheck ## Run everything that guards main: the checks, then the tests, most of them under coverage
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses $(WORKERS) --dist load --maxschedchunk 16 $(ARGS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(VENV)/dev ## Check style, format, import rules and compiled contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m openapi.compile --check

format: $(VENV)/dev ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

typecheck: $(VENV)/dev ## Check types
	$(BIN)/mypy

bench: $(VENV)/dev ## Measure speed, memory and start; ARGS passes options on
	$(BIN)/python -m benchmarks $(ARGS)

docs: $(VENV)/dev ## Redraw what the documents show of the code
	$(BIN)/python docs/draw.py

site: $(VENV)/dev ## Build the documents as a site: build/docs/site, to be read without a network
	@$(BIN)/python -m docs.build_site

wheel: $(VENV)/dev ## Build the wheel and test it where the sources are not
	sh .ci/wheel $(BIN)/python

release: $(VENV)/dev ## Build what is published, dist/, and try it as a new user; build/release lists what it brings
	sh .ci/release $(BIN)/python

clean: ## Remove what was installed, built and cached
	rm -rf $(VENV) build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# Each of these files says when its part of .venv was made.

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or later is needed, and $(PYTHON) is not: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/base: $(VENV)/made pyproject.toml constraints.txt
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/media: $(VENV)/made pyproject.toml constraints.txt
	@$(INSTALL) --editable '.[media]'
	@touch $(VENV)/base $@

$(VENV)/dev: $(VENV)/made pyproject.toml constraints.txt
	@$(INSTALL) --editable '.[dev]'
	@touch $(VENV)/base $(VENV)/media $@
