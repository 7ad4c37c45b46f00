# Housewide. `make run` and `make test` set everything up by themselves on a machine with Python 3.11 or newer.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help run test test-postgresql test-postgresql-slow test-chance test-slow lint bench lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 24

# One stamp for each lock: what is installed is exactly what the lock names, hashes checked.
$(VENV)/.%: requirements/%.txt pyproject.toml
	@tools/set-up "$(PYTHON)" "$(VENV)" $<
	@touch $@

# The fast tests come in an order that is mixed, and mixed the same way each time.
FAST := -n 2 -m "not slow and not browser" --randomly-seed=20261123

run: $(VENV)/.run ## set up and serve the demo hospital on http://127.0.0.1:8000/
	@$(BIN)/housewide run $(ARGS)

test: $(VENV)/.test ## set up and pass the tests (under 5 minutes)
	$(BIN)/python -m pytest $(FAST) $(ARGS)

test-chance: $(VENV)/.test ## the same tests in a new order, properties on new examples
	$(BIN)/python -m pytest $(FAST) --randomly-seed=default --hypothesis-profile=chance $(ARGS)

# A server of yours: HOUSEWIDE_TEST_DATABASE=postgresql://user@host/postgres, a role that may make databases.
test-postgresql test-postgresql-slow: export HOUSEWIDE_TEST_DATABASE ?= embedded
test-postgresql: $(VENV)/.test ## pass the tests on PostgreSQL (one is brought along)
	$(BIN)/python -m pytest $(FAST) $(ARGS)

test-postgresql-slow: export HOUSEWIDE_KILLS ?= 8
test-postgresql-slow: export HOUSEWIDE_KILL_SHARE ?= 0.4
test-postgresql-slow: $(VENV)/.test ## kill tests and the table of permissions on PostgreSQL
	$(BIN)/python -m pytest -p no:randomly -m slow tests/faults tests/permissions $(ARGS)

test-slow: $(VENV)/.browser ## the tests that take longer or need Chromium, and the tests on PostgreSQL
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { echo "Chromium is missing: apt-get install chromium (Debian, Ubuntu)."; exit 1; }
	$(BIN)/python -m pytest -p no:randomly -m "slow and not browser" $(ARGS)
	$(BIN)/python -m pytest -p no:randomly -m browser $(ARGS)
	$(MAKE) test-postgresql

lint: $(VENV)/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff format --check src tests benchmarks conftest.py
	$(BIN)/ruff check src tests benchmarks conftest.py
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## measure speed and memory
	$(BIN)/python -m benchmarks $(ARGS)

lock: ## renew the locks in requirements/ (needs uv)
	tools/lock

clean: ## remove the virtual environment and caches; never the home folder
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
