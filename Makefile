# Two commands for a newcomer: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGS := $(wildcard locales/*/LC_MESSAGES/*.po)

.PHONY: run test check install lock sbom bench audit chaos clean
.DEFAULT_GOAL := run

run: install
	$(BIN)/aiguillage serve

install: $(VENV)/.installed $(CATALOGS:.po=.mo)

test: install $(VENV)/.installed-dev check
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.speech.prompts
	$(BIN)/python -m pytest -n auto

check: install $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	$(BIN)/python -m compileall -q api bot rules locales
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

# The peers that benchmarks/ measures us beside, in an environment of their own: some hold common libraries back.
bench: .venv-bench/.installed install

.venv-bench/.installed: requirements-bench.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-bench.lock
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

# What is known of the packages that are installed, in public lists: fails too when it could not ask.
audit: install $(VENV)/.installed-dev
	$(BIN)/python -m tests.attack.audit requirements.lock requirements-dev.lock

# The served app under harm: kill -9, the database, the disk, Telegram, the clock, rules, a dead neighbour.
chaos: install $(VENV)/.installed-dev
	$(BIN)/python -m tests.chaos --seconds 20 --seed 1

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel -q compile -i $< -o $@

# Needs uv on the path. The development lock is solved first: the runtime lock is a part of it. Each lock is whole, and
# is installed with --no-deps: what pyproject.toml takes out of requirements-alone.in stays out.
LOCK := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
lock:
	$(LOCK) --extra dev pyproject.toml requirements-alone.in -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock pyproject.toml requirements-alone.in -o requirements.lock
	$(LOCK) --extra bench pyproject.toml requirements-alone.in -o requirements-bench.lock
	$(BIN)/python -m tests.attack.sbom docs/sbom.cdx.json

# What the program is made of, from the lock files (CycloneDX); a test compares them.
sbom: install $(VENV)/.installed-dev
	$(BIN)/python -m tests.attack.sbom docs/sbom.cdx.json

clean:
	rm -rf $(VENV) $(CATALOGS:.po=.mo)
