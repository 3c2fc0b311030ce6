# Every target works in a fresh clone: the environment is made when it is missing or older than the lock.
PYTHON ?= python3
PRESET ?= default
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV_VERSION := 0.13.8

.DEFAULT_GOAL := help

study: $(STAMP)  ## run the study (PRESET=quick, default or full; KERNELS=compiled) and write its report; run again to resume
	$(BIN)/dropstep run $(PRESET) $(if $(KERNELS),--set kernels=$(KERNELS))

report: $(STAMP)  ## write the report of a run again (NAME=…, any run; by default that of PRESET)
	$(BIN)/dropstep report --name $(or $(NAME),$(PRESET))

test: $(STAMP)  ## run the tests, each law in a thin form, in a process for each core
	$(BIN)/python -m pytest -q -n auto --dist loadgroup

whole: $(STAMP)  ## run what `make test` leaves out of its laws, as CI does after it
	$(BIN)/python -m pytest -q --whole -n auto --dist loadgroup

check: $(STAMP)  ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

mutants: $(STAMP)  ## put small faults into a copy of the packages and see whether the tests notice (ARGUMENTS="--count 40 --only nets/"; needs cosmic-ray)
	$(BIN)/python -m tests.mutants $(ARGUMENTS)

bench: $(STAMP)  ## measure speed beside other libraries, as ratios in one run
	$(BIN)/python -m tests.benchmarks

dashboard: $(STAMP)  ## browse a run's trials with optuna-dashboard (NAME=…, any run; by default that of PRESET)
	$(BIN)/optuna-dashboard sqlite:///runs/$(or $(NAME),$(PRESET))/study.db

answer: $(STAMP)  ## take README's answer from the run of the default study
	$(BIN)/python -m tests.answer default

registered: $(STAMP)  ## write down anew what claims declare, and what is found, said and drawn of tables that never change
	PYTHONPATH=tests $(BIN)/python tests/reports/registered.py

answers: $(STAMP)  ## take README's second answer from the committed table over tables (RUN=many: from that run)
	PYTHONPATH=tests $(BIN)/python -m tests.over_tables $(RUN)

references: $(STAMP)  ## lay published figures beside ours again: HPOBench's grid, and MNIST by width from the run of tests/mnist.toml
	$(BIN)/python -m tests.hpobench
	$(BIN)/python -m tests.mnist

equal: $(STAMP)  ## count how often claims tell arms apart that are as good: reports/calibration/equal.csv
	PYTHONPATH=tests/reports $(BIN)/python -m tests.equal_arms

readme: $(STAMP)  ## take the READMEs' tables of settings from their declarations
	$(BIN)/python -m tests.declared

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile -q pyproject.toml --group dev --group dashboard --universal --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --upgrade -o requirements.lock

clean:  ## remove the environment and caches; runs/ stays
	rm -rf $(VENV) dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .coverage*
	find nets study reports tests -name __pycache__ -prune -exec rm -rf {} +

help:  ## print these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */  make \1\t/' | expand -t 20

# uv installs the lock in seconds where pip takes minutes; pip does it where there is no uv.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "error: Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ": make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION) \
		&& $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

.PHONY: study report test whole check mutants bench dashboard answer registered answers references equal readme lock clean help
