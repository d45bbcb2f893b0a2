# Metric Charter. `make` alone says what there is to make.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
# A copy of the lock the environment was made from: its content counts, since a checkout changes dates.
MADE_FROM := $(VENV)/requirements.lock

# The machine's pip settings may say where packages come from (their hashes are checked), not which ones or where to.
PIP := PIP_CONSTRAINT= PIP_TARGET= PIP_PREFIX= PIP_ROOT= PIP_USER=0 PIP_PRE=0 PIP_REQUIRE_VIRTUALENV=0 \
	PIP_NO_BINARY= PIP_ONLY_BINARY= PIP_DISABLE_PIP_VERSION_CHECK=1 $(RUN) -m pip

# Compiled once, read by every process after: where that is turned off, each of the many that tests start compiles anew.
export PYTHONDONTWRITEBYTECODE :=

# What an installation must be told; the key is another each time.
INSTALLED = DEBUG=false SECRET_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	ALLOWED_HOSTS=charter.example.org BASE_URL=https://charter.example.org

.PHONY: help env start demo test proof check bench lock css clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-7s %s\n", $$1, $$2}' Makefile

env: ## Make the environment in .venv from requirements.lock, when that has changed
	@cmp -s requirements.lock $(MADE_FROM) && $(RUN) -c '' 2>/dev/null || $(MAKE) --no-print-directory $(MADE_FROM)

# Only `env` asks for this, when it must be made anew.
.PHONY: $(MADE_FROM)
$(MADE_FROM):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Python 3.11 or newer is needed. Install it, or name one: make env PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo 'This Python has no venv module. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Making the environment in $(VENV) (a minute or two, once) ...'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --quiet --no-input --require-hashes --no-deps -r requirements.lock
	@cp requirements.lock $(MADE_FROM)

start: env ## Run an installation of your own here, set up first where it is not; ANSWERS=file, PORT=8000
	@exec $(RUN) manage.py start --with-parent $(if $(ANSWERS),--answers '$(ANSWERS)') $(if $(PORT),--port '$(PORT)')

demo: env ## Run everything here on made-up data, or on real data with DATA=folder; PORT=8000
	@exec $(RUN) manage.py demo --with-parent $(if $(DATA),--data '$(DATA)')

test: env ## Run the suite, its soaks briefly; ARGS="tests/ground -k guard" picks
	@$(RUN) -m pytest -n 2 --dist worksteal $(ARGS)

proof: env ## Run the soaks whole and the longest journeys, going on where it stopped on this commit; PROOF=short runs them briefly
	@PROOF=$(or $(PROOF),whole) $(RUN) -m pytest -n 2 --dist worksteal -p tests.proof.memory -m proof $(ARGS)

check: env ## Lint, format, types, who imports whom, migrations, settings
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) manage.py makemigrations --check --dry-run
	$(INSTALLED) $(RUN) manage.py check --deploy --fail-level WARNING

bench: env ## Measure; ARGS picks
	@$(RUN) -m tests.benchmarks $(ARGS)

lock: env ## Pin and hash every dependency of pyproject.toml in requirements.lock
	$(RUN) -m uv pip compile --no-config --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --group dev pyproject.toml -o requirements.lock

css: ## Build the style sheet in frontend/ (needs Node; the result is committed)
	cd frontend && npm ci --no-audit --no-fund && npm run build

clean: ## Remove var/ and caches, not the environment; refuses while a demo runs
	@$(PYTHON) -B -m ground.clean
