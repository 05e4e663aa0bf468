# Press Monitor: every target works from a fresh clone with Python 3.11+ (with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
PYTEST := $(BIN)/python -m pytest

.PHONY: run demo test test-long check bench bench-understanding install install-dev browser lock clean python-check

run: install
	@exec $(BIN)/monitor run

demo: install
	@exec $(BIN)/monitor demo

install: $(VENV)/run.stamp

install-dev: $(VENV)/dev.stamp

# What meets the database runs twice: on SQLite, and on a PostgreSQL that tests/postgres.py starts (or MONITOR_TEST_DATABASE_URL names).
BOTH_DATABASES := tests/store tests/flows tests/jobs tests/path tests/web/test_query_counts.py tests/web/test_search.py

# Two files at a time: each process has a home, a database and a browser of its own.
AT_ONCE := -n 2 --dist loadfile

test: install-dev browser
	@env -u MONITOR_TEST_DATABASE_URL $(PYTEST) -q -m "not long" $(AT_ONCE)
	@$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q -m "not long" $(AT_ONCE) $(BOTH_DATABASES)

test-long: install-dev browser
	@env -u MONITOR_TEST_DATABASE_URL $(PYTEST) -q --hypothesis-profile=default
	@$(BIN)/python -m tests.postgres $(BIN)/python -m pytest -q --hypothesis-profile=default

check: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q src tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(PYTEST) -q tests/test_house_rules.py tests/test_docs.py tests/store/test_migrations.py

bench: install-dev
	@$(BIN)/python -m benchmarks

bench-understanding: install-dev
	@$(BIN)/python -m benchmarks understanding

browser: install-dev
	@sh tests/install_browser.sh

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) build src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

python-check:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Press Monitor needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another with: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; install it with: apt install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.lock pyproject.toml | python-check
	@test -x $(BIN)/python || { echo "Installing what Press Monitor needs into $(VENV) (once, about a minute) …"; $(PYTHON) -m venv $(VENV); }
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | python-check
	@test -x $(BIN)/python || { echo "Installing what Press Monitor and its tests need into $(VENV) (once, about a minute) …"; $(PYTHON) -m venv $(VENV); }
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/run.stamp
