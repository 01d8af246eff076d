# `make demo` and `make test` are enough on a machine that has Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SIDE_BY_SIDE ?= $(shell $(PYTHON) -c "import os; print(os.cpu_count() + 1)")

.PHONY: demo test shuffle check lint format bench picture clean

$(VENV)/.ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Entraide needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(VENV)/.ready
	$(BIN)/entraide demo $(DEMO)

# Files of tests side by side, more than there are processors: most of the time is spent waiting
# for processes and clocks. In the order in which they are written, so that who judges a change sees
# that change; `make shuffle` finds what depends on the order.
test: $(VENV)/.ready
	$(BIN)/python -m pytest -p no:randomly -n $(SIDE_BY_SIDE) --dist loadfile --no-loadscope-reorder $(TESTS)

shuffle: $(VENV)/.ready
	$(BIN)/python -m pytest -n $(SIDE_BY_SIDE) --dist loadfile $(TESTS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.ready
	$(BIN)/python -m tests.benchmarks

# The README's picture, from the demonstration; needs Chromium.
picture: $(VENV)/.ready
	$(BIN)/python -m tests.browser.picture

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build *.egg-info
