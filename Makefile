# `make demo` and `make test` need Python 3.11 or newer and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# What `run`, `test`, `bench` and `soak` are given: make run ARGS=~/bot/workspace
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo run test check format bench soak screenshots clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## look around in made-up sessions, with conversations going on
	@$(BIN)/earwig demo

run: $(INSTALLED) ## browse the bot's sessions: make run ARGS=PATH
	@$(BIN)/earwig $(ARGS)

# Each of the many programs that the tests start would else be compiled anew, where somebody has set this.
test: export PYTHONDONTWRITEBYTECODE =
test: $(INSTALLED) ## run all tests: make test ARGS='-n 2 tests/core'
	@$(BIN)/python -m pytest -q -n auto --dist worksteal $(ARGS)

check: $(INSTALLED) ## format, lint, types, layers, then all tests: what must hold before a change goes in
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(INSTALLED) ## format the source, and mend what can be mended
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: $(INSTALLED) ## measure, and compare with the budgets: make bench ARGS='open --full'
	@$(BIN)/python -m tests.bench $(ARGS)

soak: $(INSTALLED) ## use it for long beside a busy bot: make soak ARGS='--minutes 60 --seed 7'
	@$(BIN)/python -m tests.e2e.soak_run $(ARGS)

screenshots: $(INSTALLED) ## make the pictures in screenshots/ from the running program
	@$(BIN)/python -m tests.screenshots

clean: ## delete all that was made, .venv too
	rm -rf $(VENV) .bench-data .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
	rm -rf tui/*.egg-info snapshot_report.html
	find tui tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than what it was installed from. A venv without pip is what Debian leaves behind where
# python3-venv is not installed: it must not stay.
$(INSTALLED): pyproject.toml constraints.txt
	@set -e; found=; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found=$$python; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "earwig needs Python 3.11 or newer, and found none; name one: make PYTHON=/path/to/python3" >&2; \
	    exit 1; \
	fi; \
	if ! [ -x $(BIN)/pip ]; then \
	    echo "making $(VENV) with $$found ..."; \
	    $$found -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@
