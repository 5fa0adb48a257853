# WellTegra's commands. Each sets up what it needs first; `make help` lists them.
BIN := .venv/bin
# Much of the time of the tests is waiting for servers and processes.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
# Tests of parts that Python alone cannot bring.
OTHER_PARTS := kafka or chromium or prometheus or node

.DEFAULT_GOAL := help
.PHONY: help setup lint check test test-kafka test-prometheus test-node test-chromium test-parts test-all wheel soak demo kafka schemas dashboards bench-stream bench-reopening bench-worklist locks clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

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
	HYPOTHESIS_PROFILE=test NUMBA_DISABLE_JIT=1 $(PYTEST) -m "kernel" tests/flows tests/rules tests/schemas

test-kafka: setup ## every test that needs a broker, against Apache Kafka
	-@sh scripts/kafka.sh bring
	WELLTEGRA_TEST_KAFKA=apache $(PYTEST) -m "kafka or broker"

test-prometheus: setup ## what Prometheus and promtool must say of metrics and rules
	-@sh scripts/parts.sh prometheus
	$(PYTEST) -m "prometheus"

test-node: setup ## ingest, and alerts to their end, against an OPC UA server that is not ours: node-opcua
	-@sh scripts/node.sh
	$(PYTEST) -m "node"

test-chromium: setup ## the worklist in a browser: whole paths, keyboard only, every state, accessibility
	-@sh scripts/parts.sh chromium
	-@sh scripts/node.sh
	$(BIN)/python -m pytest -m "chromium"

test-parts: setup ## those four in one run, where one test works while others wait
	-@sh scripts/kafka.sh bring
	-@sh scripts/parts.sh prometheus
	-@sh scripts/node.sh
	-@sh scripts/parts.sh chromium
	WELLTEGRA_TEST_KAFKA=apache $(PYTEST) -m "broker or $(OTHER_PARTS)"

test-all: test test-parts wheel ## test, and also Apache Kafka, Prometheus, Node, a browser and the wheel

wheel: setup ## build the wheel and try it in a new environment
	@sh scripts/try_wheel.sh

soak: setup ## the long ones: kernel against oracle, 216 kills, long outages, 5,000 OPC UA tags, 1,000 breaches
	-@sh scripts/node.sh
	HYPOTHESIS_PROFILE=soak $(PYTEST) -m "kernel"
	$(BIN)/python -m tests.system.soak 216
	$(BIN)/python -m tests.system.outages
	$(BIN)/python -m tests.system.node_opcua
	$(BIN)/python -m tests.system.breaches

demo: setup ## a whole site on this machine, and its wells on the terminal
	@$(BIN)/welltegra demo $(DEMO)

kafka: ## Apache Kafka at 127.0.0.1:9092, until Ctrl-C; its data in .kafka
	@sh scripts/kafka.sh run

schemas: setup ## write schemas/json from the models
	$(BIN)/python -m schemas

dashboards: setup ## write monitoring/dashboards from the code
	$(BIN)/python monitoring/dashboards.py

bench-stream: setup ## samples per second, latency and memory of the flow, beside its peers; some 45 minutes
	-@sh scripts/peers.sh
	$(BIN)/python -m benchmarks.stream $(BENCH)

bench-reopening: setup ## wells scored, ranked and written a second, beside plain COPY, pandas and SQL
	$(BIN)/python -m benchmarks.reopening $(BENCH)

bench-worklist: setup ## the worklist at 50,000 targets: answers, a browser, exports, beside SQL alone
	$(BIN)/python -m benchmarks.worklist $(BENCH)

locks: setup ## write requirements/ from pyproject.toml; UPGRADE=1 takes the newest versions
	@sh scripts/locks.sh $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and everything that the other commands made
	rm -rf .venv .venv-peers .venv-setup.log .mypy_cache .ruff_cache .pytest_cache .hypothesis dist bench-stream.json bench-reopening.json bench-worklist.json welltegra-demo welltegra-day welltegra-reopening .kafka
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
