# Doudi. `make demo` shows it, `make test` proves it; both set themselves up.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SPARK  := .venv-spark
PERSONS ?= 30000
MONTHS  ?= 2026-08..2026-10
ROWS    ?= 10000000
SEED    ?= 77
ROUNDS  ?= 50000
FUZZ_SEED ?= 1

# What Python compiled is kept, whatever the shell says: else every process compiles Great Expectations anew.
export PYTHONDONTWRITEBYTECODE :=
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup demo airflow test check unit e2e format docs pictures bench bench-gate bench-linkage bench-peers half-year fuzz office spark lock clean

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(READY) ## make the environment in .venv from the locked requirements

$(READY): requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "Doudi needs Python 3.11. Next step: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## make the county and run three months through Airflow
	$(BIN)/doudi demo --dir var/demo --persons $(PERSONS) --months $(MONTHS)

airflow: $(READY) ## start Airflow with its web page over the demo's folder
	$(BIN)/doudi airflow --dir var/demo

# Side by side: end to end waits for Airflow's clock a good part of its time.
test: check ## run everything that must hold
	$(MAKE) --jobs=2 --output-sync=target unit e2e

unit: $(READY) ## the tests of rooms, rules, tools and DAGs
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/e2e

e2e: $(READY) ## three months from end to end: Airflow, kills, held gates
	$(BIN)/python -m pytest tests/e2e

check: $(READY) ## lint, format, types, imports, SQL, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --processes 2 dbt_project/models
	$(BIN)/doudi docs --check

format: $(READY) ## put code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## make docs/generated anew
	$(BIN)/doudi docs

pictures: $(READY) ## make the README's pictures from var/demo (needs chromium, libreoffice, poppler-utils)
	sh docs/make_pictures.sh var/demo/home/release

faults: $(READY) ## kill, tear and starve every stage of a made-up month at many points, and compare (a quarter of an hour)
	$(BIN)/python tests/recovery/every_stage.py

# A province with three runs: make bench PERSONS="100000 1000000 6000000" RUNS=3. What was measured is not measured again.
bench: $(READY) ## every stage of two months beside a plain DuckDB script, by size (PERSONS=, RUNS=, AGAIN=1): docs/PROVINCE.md
	$(BIN)/python tests/bench/chain.py $(if $(filter file,$(origin PERSONS)),,$(PERSONS)) --runs $(or $(RUNS),1) $(if $(AGAIN),--again)

office: ## install LibreOffice Calc, through which a test sends a list and back (Debian, Ubuntu; needs root)
	apt-get update && apt-get install --yes --no-install-recommends libreoffice-calc fonts-noto-cjk

spark: $(SPARK)/.ready ## make .venv-spark: the platform with Spark beside DuckDB (needs Java 17 or newer)

$(SPARK)/.ready: requirements/spark.txt
	$(PYTHON) -m venv --clear $(SPARK)
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(SPARK)/.ready

bench-gate: $(READY) ## gate 1 over ten million rows beside the same checks by hand (ROWS=)
	$(BIN)/python tests/bench/gate.py $(ROWS)

fuzz: $(READY) ## break deliveries at random and read them (ROUNDS=, FUZZ_SEED=); what falls is kept in var/fuzz
	$(BIN)/python -m tests.spec.broken_deliveries.fuzz --rounds $(ROUNDS) --seed $(FUZZ_SEED)

bench-linkage: $(READY) ## linkage beside an exact id and a plain Splink 5 model (PERSONS=, SEED=)
	$(BIN)/python tests/bench/peers.py --persons $(PERSONS) --seed $(SEED)

bench-peers: $(READY) .venv-peers/.ready ## the same with recordlinkage and dedupe, 2,000 people: they stand no province (PERSONS=, SEED=)
	$(BIN)/python tests/bench/peers.py --others --persons $(if $(filter file,$(origin PERSONS)),2000,$(PERSONS)) --seed $(SEED)

.venv-peers/.ready: requirements/peers.txt
	$(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@touch .venv-peers/.ready

half-year: $(READY) ## six months of lists that villages answer: what a visit finds, and what is missed (PERSONS=, SEED=)
	$(BIN)/python tests/bench/half_year.py --persons $(PERSONS) --seed $(SEED)

lock: $(READY) ## compile requirements/*.in into *.txt with hashes
	for one in uv dev runtime server spark peers; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header \
	    $$([ $$one = uv ] || [ $$one = dev ] || [ $$one = peers ] || echo -c requirements/dev.txt) requirements/$$one.in -o requirements/$$one.txt; done

clean: ## remove what was made, but not the environment
	rm -rf var dbt_project/target dbt_project/logs
