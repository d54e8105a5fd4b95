# One command to run, one to test. Everything else is for people who change the hub.
.DEFAULT_GOAL := help
.PHONY: help run test bench drill screenshots check format lock migrate secrets clean clean-data

PYTHON ?= python3
VENV := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# $(call benchmark,NAME,PURPOSE) runs benchmarks/NAME.py, or says that it is still to come.
define benchmark
if [ -f benchmarks/$(1).py ]; then \
	$(PYTHON) scripts/prepare.py --for $(2) && $(VENV)/python -m benchmarks.$(1) $(ARGS); \
else \
	echo "There is no benchmarks/$(1).py yet: it comes with the delivery engine."; \
fi
endef

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Run the whole hub on this machine, with demo data and a simulated carrier
	@$(PYTHON) scripts/prepare.py --for run
	@exec $(VENV)/python -m hub.cli run

test: ## Check and test everything, on real Redis, PostgreSQL and Chromium
	@$(PYTHON) scripts/prepare.py --for test
	@$(VENV)/python scripts/system_packages.py
	@$(MAKE) --no-print-directory check-prepared
	$(VENV)/python -m pytest -n 2 --dist loadfile

check: ## Check format, lint, types, import floors and the compose file
	@$(PYTHON) scripts/prepare.py --for test
	@$(MAKE) --no-print-directory check-prepared

.PHONY: check-prepared
check-prepared:
	$(VENV)/ruff format --check
	$(VENV)/ruff check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python scripts/messages.py --check
	@$(VENV)/python scripts/check_compose.py

format: ## Format the code and repair what the linter can
	@$(PYTHON) scripts/prepare.py --for test
	$(VENV)/ruff check --fix --exit-zero
	$(VENV)/ruff format

bench: ## Measure how fast messages leave, on this machine
	@$(call benchmark,bench,bench)

drill: ## Break everything while messages leave, and count (KILLS=200: and kill at random)
	@$(PYTHON) scripts/prepare.py --for test
	@$(VENV)/python -m benchmarks.drill $(if $(KILLS),--kills $(KILLS)) $(ARGS)

screenshots: ## Take the pictures of the pages anew (docs/screenshots)
	@$(PYTHON) scripts/prepare.py --for test
	SCREENSHOTS=docs/screenshots $(VENV)/python -m pytest tests/browser

migrate: ## Bring the database to the newest schema
	@$(PYTHON) scripts/prepare.py --for run
	@$(VENV)/python -m hub.cli migrate

lock: ## Pin all packages again, keeping versions (newer ones: make lock LOCK=--upgrade)
	@$(PYTHON) scripts/prepare.py --for test
	@$(VENV)/python scripts/lock.py $(LOCK)

secrets: ## Write the secrets that docker-compose.yml asks for (secrets/), once
	@$(PYTHON) scripts/compose_secrets.py

clean: ## Remove what was installed and built; data stays
	rm -rf .venv node_modules hub/static/vendor build dist
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## Remove all data of this checkout (var/)
	rm -rf var
