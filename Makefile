# make run: the demo, with no credentials and no network.   make test: all fast tests.
SHELL := /bin/sh
# The first Python that runs and is new enough; PYTHON=... names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# The PyTorch of tests and training, chosen by hand: a renewal of the pins would bring gigabytes.
TORCH := 2.13.0
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -q

# The tests that `make test` runs on PostgreSQL too: of what reads and writes the store. `make test-slow` runs all others
# there but these, which open no store or, the last, one of each engine.
STORED := tests/store/audit tests/store/cases tests/store/metrics tests/store/posts tests/casework tests/dashboard/queries
STORELESS := tests/cases tests/classify tests/i18n tests/masking tests/models tests/query tests/settings tests/tables \
	tests/text tests/training tests/store/postgres

.PHONY: run install test test-slow test-torch check bench browser screenshots lock clean

run: $(VENV)/.run
	@$(BIN)/escucha demo

install: $(VENV)/.run
	@echo "Installed. Next: $(BIN)/escucha --help"

test: $(VENV)/.dev browser
	@echo "Running the tests (a few minutes) ..."
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder
	@echo "Running those of the store once more, on PostgreSQL ..."
	@TEST_ENGINE=postgres $(BIN)/python -m pytest -n 3 --dist loadfile -q $(STORED)
	@echo "All tests pass. Next: make run"

test-slow: $(VENV)/.dev browser
	@echo "Running the slow tests (some ten minutes) ..."
	@$(BIN)/python -m pytest -m slow
	@echo "Running the fast tests on PostgreSQL, but for those that make test runs there ..."
	@TEST_ENGINE=postgres $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -q \
		$(addprefix --ignore=,$(STORED) $(STORELESS)) --ignore-glob='tests/test_*.py'
	@echo "All slow tests pass. Next: make bench"

# In an environment of its own: everything else has to work without PyTorch. Only the files with a test that is left out
# where a package is missing, without those of the browser, which `make test` has run.
test-torch:
	@$(MAKE) --no-print-directory VENV=.venv-torch .venv-torch/.torch
	@echo "Running the tests that need PyTorch ..."
	@.venv-torch/bin/python -m pytest $$(grep -rl --include='test_*.py' 'importorskip(' tests | xargs grep -L playwright)
	@echo "All tests that need PyTorch pass. Next: make bench"

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/deptry . 2>/dev/null
	@echo "Style, types, walls and dependencies are clean. Next: make test"

bench: $(VENV)/.dev
	@$(BIN)/python -m tests.benchmarks
	@echo "Next: compare with the figures in CHANGELOG.md"

# Debian's Chromium for the browser tests; without it they are skipped and say so.
browser:
	@sh .ci/browser

screenshots: $(VENV)/.dev browser
	@$(BIN)/python -m tests.browser.screenshots

# Renews the pins: what a fresh install resolves to today.
lock: $(VENV)/bin/python
	@mkdir -p build
	@$(PIP) --dry-run --ignore-installed --report build/resolved.json '.[dev,train,torch]' 'torch==$(TORCH)'
	@$(BIN)/python .ci/pins build/resolved.json > constraints.txt
	@echo "Next: make clean test"

clean:
	rm -rf $(VENV) .venv-torch build dist

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Escucha needs Python 3.11 or newer: install it, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (Debian, Ubuntu: apt-get install python3-venv)"; rm -rf $(VENV); exit 1; }

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Escucha (first time: about 1.3 GB, a minute or two) ..."
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Escucha and its test tools ..."
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

$(VENV)/.torch: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Escucha, its test tools and PyTorch ..."
	@$(PIP) -c constraints.txt -e '.[dev,train,torch]'
	@touch $@
