# WellTegra's commands. Each sets up what it needs first; `make help` lists them.
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Tests of parts that Python alone cannot bring.
OTHER_PARTS := kafka or chromium or prometheus or node

.DEFAULT_GOAL := help
.PHONY: help setup lint check test test-all wheel soak demo schemas bench-stream locks clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything; the others do it by themselves
	@sh scripts/setup.sh

lint: setup ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint ## lint and the fast tests, under a minute: the one to run all day
	HYPOTHESIS_PROFILE=check $(PYTEST) -q -m "not (realdata or slow or $(OTHER_PARTS))"

test: lint ## everything that Python alone can run; the kernel both compiled and not
	HYPOTHESIS_PROFILE=test $(PYTEST) -m "not ($(OTHER_PARTS))"
	HYPOTHESIS_PROFILE=test NUMBA_DISABLE_JIT=1 $(PYTEST) -m "kernel"

test-all: test demo wheel ## test, and also the demo and the wheel as a user gets them

wheel: setup ## build the wheel and try it in a new environment
	@sh scripts/try_wheel.sh

soak: setup ## the kernel against its oracle, for as long as thousands of examples take
	HYPOTHESIS_PROFILE=soak $(PYTEST) -m "kernel"

demo: setup ## a synthetic well day, judged as it comes
	@$(BIN)/welltegra demo

schemas: setup ## write schemas/json from the models
	$(BIN)/python -m schemas

bench-stream: setup ## samples per second: our flow, stock Bytewax, and no engine at all
	$(BIN)/python -m benchmarks.stream

locks: setup ## write requirements/ from pyproject.toml; UPGRADE=1 takes the newest versions
	@sh scripts/locks.sh $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and everything that the other commands made
	rm -rf .venv .venv-setup.log .mypy_cache .ruff_cache .pytest_cache .hypothesis dist bench-stream.json welltegra-demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
