# Each target does its own set-up; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run reset test test-unit fuzz check format lint types imports rules bench docs \
	docs-check schemas

PORT ?= 8080
DATA_DIR ?= $(CURDIR)/.data
PYTEST_ARGS ?=
# Two workers keep two cores busy while servers answer; a test file's tests stay together.
WORKERS ?= 2
FUZZ_LINES ?= 1000000
export PORT DATA_DIR

BIN := .venv/bin
SOURCES := $(wildcard libs services tradecounter tests bench tools conftest.py)

help: ## list the targets
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

##@ Run
run: ## run the whole system here (PORT=8080 DATA_DIR=.data); Ctrl-C ends it
	@tools/setup run
	@exec $(BIN)/tradecounter run

reset: ## drop the data of make run
	@tools/setup run
	@$(BIN)/python -m tradecounter.servers reset "$$DATA_DIR"

##@ Test
test: ## all tests, on real servers (PYTEST_ARGS=... goes to pytest)
	@tools/setup dev
	@tools/rabbitmq
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

test-unit: ## the tests that need no server
	@tools/setup dev
	$(BIN)/pytest -m "not postgres and not broker" $(PYTEST_ARGS)

fuzz: ## a million lines through each rule of money (FUZZ_LINES=1000000)
	@tools/setup dev
	FUZZ_LINES=$(FUZZ_LINES) $(BIN)/pytest -q services/orders/tests/properties/test_money_fuzz.py \
		services/catalog/tests/properties/test_discount_fuzz.py --durations=0

bench: ## cost of an order, then searches at a million rows (bench/README.md says what to set)
	@tools/setup dev
	@tools/rabbitmq
	$(BIN)/python -m bench
	$(BIN)/python -m bench.scale

##@ Check
check: ## everything below, and that the generated documents are current
	@tools/setup dev
	$(BIN)/ruff format --check $(SOURCES)
	@$(MAKE) --no-print-directory lint types imports rules docs-check

format: ## write the code as the formatter wants it
	@tools/setup dev
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix --exit-zero --quiet $(SOURCES)

lint: ## ruff, all rules but those named in pyproject.toml
	@tools/setup dev
	$(BIN)/ruff check $(SOURCES)

types: ## strict types, sources and tests
	@tools/setup dev
	$(BIN)/basedpyright

imports: ## which package may import which
	@tools/setup dev
	$(BIN)/lint-imports --no-logo

rules: ## the laws of the house that no tool knows
	@tools/setup dev
	$(BIN)/python -m tools.house_rules

##@ Write
docs: ## write the documents that are generated from the code
	@tools/setup dev
	$(BIN)/python -m tradecounter.documents

docs-check:
	@tools/setup dev
	$(BIN)/python -m tradecounter.documents --check

schemas: ## write the schemas and samples of the messages
	@tools/setup dev
	$(BIN)/python -m contracts.schemas
	$(BIN)/python -m contracts.samples

setup: ## make .venv with everything; the targets above do it by themselves
	@tools/setup dev
