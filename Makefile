# All that one does with this project. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format bench clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## install what is needed, start the server, open the browser (options: ARGS="--port 9000")
	@exec $(BIN)/perceptarium $(ARGS)

# Two files at a time, in their order: those that need a browser come last.
test: $(VENV)/.test ## run all tests, those in a real browser too
	@$(BIN)/python tests/browser/chromium.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 20

check: $(VENV)/.check node_modules/.package-lock.json ## lint, format and type checks, Python and JavaScript
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run --silent types
	npm run --silent lint

format: $(VENV)/.check ## format Python, and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(VENV)/.bench ## print the benchmarks' ratios; installs PyTorch to compare with
	$(BIN)/python -m bench

clean: ## remove what was installed here
	rm -rf $(VENV) node_modules

# Each stamp says that a set of packages is installed as pyproject.toml has them now.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Perceptarium needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 2; }

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo "Installing Perceptarium into $(VENV) (once, about a minute)"
	@$(PIP) --editable .
	@touch $@

# --group came with pip 25.1
$(VENV)/.pip: | $(BIN)/python
	@$(PIP) --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.run $(VENV)/.pip
	@echo "Installing what the tests need"
	@$(PIP) --group test
	@touch $@

$(VENV)/.check: pyproject.toml $(VENV)/.run $(VENV)/.pip
	@echo "Installing what the checks need"
	@$(PIP) --group check
	@touch $@

$(VENV)/.bench: pyproject.toml $(VENV)/.test
	@echo "Installing PyTorch, for the benchmarks alone"
	@$(PIP) torch==2.13.0 || $(PIP) torch
	@touch $@

# No lock file: two packages without dependencies, pinned in package.json, are all there is.
node_modules/.package-lock.json: package.json
	@command -v npm >/dev/null || { echo "make check needs npm (Node.js 20 or newer)" >&2; exit 2; }
	@npm install --silent --no-package-lock --no-audit --no-fund
	@touch $@
