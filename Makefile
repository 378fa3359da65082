# Everything a developer does, one word each. Needs Python 3.11 or newer, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
CODE   := workflows activities workers starter tests benchmarks hatch_build.py

.DEFAULT_GOAL := help
ON_A_CLUSTER := tests/starter/incident/test_incident.py tests/starter/breach/test_breach.py \
	tests/starter/maintenance/test_maintenance.py tests/starter/drill/test_schedule.py
.PHONY: help setup demo test slow check cluster chaos soak integrations attack fuzz simulation simulate schemas texts bench bench-notices web mutants lock clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## virtual environment with everything in requirements.lock, and kantadesk itself
	@:

# Only what the hashes in the lock name is installed; kantadesk itself is built without a network.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kantadesk needs Python 3.11 or newer: make PYTHON=python3.11 $@" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)  ## one incident as a drill, from opening to evidence; leaves its files in demo-output/
	$(BIN)/kantadesk demo

test: $(READY)  ## every test but the slow ones (slow, web, integrations, attack, fuzz, chaos, cluster, simulation); ARGS=tests/story for a part
	$(BIN)/python -m pytest -m "not slow and not chaos and not cluster and not web and not integrations and not attack and not fuzz and not simulation" -n 2 --dist loadfile $(ARGS)

slow: $(READY)  ## the demo, mail from end to end, long lives, what LibreOffice opens, full records, the budget of events
	$(BIN)/python -m pytest -m slow -n 2 --dist loadfile $(ARGS)

check: $(READY)  ## format, lint, types, import contracts, architecture
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_architecture.py

chaos: $(READY)  ## hundreds of processes while everything breaks, then the reckoning; ARGS='--seed 7' breaks the same
	$(BIN)/python -m pytest -m chaos tests/chaos $(ARGS)

cluster: $(READY)  ## the same commands on a real cluster (two nodes, PostgreSQL, haproxy); its server is built by Go once
	$(BIN)/python -m pytest -m cluster tests/cluster $(ARGS)
	KANTADESK_TEST_CLUSTER=1 $(BIN)/python -m pytest $(ON_A_CLUSTER)

soak: $(READY)  ## half an hour of lives: growth of memory and file handles; ARGS='--minutes 3' for less
	PYTHONPATH=. $(BIN)/python tests/chaos/soak.py $(ARGS)

integrations: $(READY)  ## foreign clients, hostile input, the examples of docs/integrations.md
	$(BIN)/python -m pytest -m integrations -n 2 --dist loadfile $(ARGS)

attack: $(READY)  ## what somebody without the key tries from outside, and fails: by HTTP, from a page, as another OS user
	$(BIN)/python -m pytest -m attack -n 2 --dist loadfile tests/attack $(ARGS)

fuzz: $(READY)  ## random lives of processes for some minutes; ARGS='--seed 7 --seconds 600' makes others or more
	$(BIN)/python -m pytest -m fuzz tests/fuzz tests/procedure/notices
	PYTHONPATH=. $(BIN)/python tests/fuzz/campaign.py $(ARGS)

simulation: $(READY)  ## what the simulation must find and must not find, some lives built again at every step, two minutes of new ones
	$(BIN)/python -m pytest -m simulation tests/simulation
	PYTHONPATH=. $(BIN)/python tests/simulation/campaign.py --lives 6 --each-step $(ARGS)
	PYTHONPATH=. $(BIN)/python tests/simulation/campaign.py $(ARGS)

simulate: $(READY)  ## a desk in one process from one seed; ARGS='--seed 7 --lives 40' or '--years 50'
	PYTHONPATH=. $(BIN)/python tests/simulation/campaign.py $(ARGS)

schemas: $(READY)  ## write docs/schemas anew from the models
	$(BIN)/kantadesk schema --into docs/schemas > /dev/null

texts: $(READY)  ## write the marked texts of the command line into its catalogues, and say what is not translated
	PYTHONPATH=. $(BIN)/python tests/language/marked.py
	PYTHONPATH=. $(BIN)/python tests/starter/manual.py

bench: $(READY)  ## how close to Temporal itself, into docs/performance.md; ARGS=throughput for a part, ARGS='throughput --help'
	$(BIN)/python -m benchmarks $(ARGS)

bench-notices: $(READY)  ## how well notices are read: precision, recall, and what was certain and wrong
	PYTHONPATH=. $(BIN)/python benchmarks/notices.py $(ARGS)

web: $(READY)  ## Temporal Web in a real browser; pictures in build/screenshots
	$(BIN)/python -m pytest -m web tests/web

mutants: $(READY)  ## change each rule a little: does a test notice? ARGS=workflows/procedure/triage.py for a part
	PYTHONPATH=. $(BIN)/python tests/mutants/campaign.py $(ARGS)

lock: $(READY)  ## write requirements.lock anew from pyproject.toml: hashes, no address of an index
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock

clean:  ## remove what was made
	rm -rf $(VENV) build dist mutants demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
