# Two commands are enough: `make run` and `make test`. Everything else is listed by `make help`.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
export PYTHON
unexport PYTHONDONTWRITEBYTECODE # else hundreds of processes compile all of it anew
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
TEST_WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n > 4 ? 4 : n)))
PYTEST := .venv/bin/pytest -n $(TEST_WORKERS) --dist worksteal

.PHONY: help run setup setup-dev test test-slow check demo bench mutation drills nightly lock docs pictures

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: setup ## start everything and print the address (PORT=8000)
	@exec $(PY) -m backend.config.launcher

setup: .venv/.installed .venv/.translated .venv/.built ## make .venv and install what running needs

setup-dev: .venv/.installed-dev .venv/.translated .venv/.built ## … and what testing and checking need

.venv/.installed: requirements.txt
	@scripts/setup.sh requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements.txt
	@scripts/setup.sh requirements-dev.txt
	@touch .venv/.installed $@

.venv/.built: scripts/assets.sh $(wildcard backend/web/assets/*.json backend/web/assets/*.scss) | .venv/.installed
	@scripts/assets.sh
	@touch $@

.venv/.translated: $(CATALOGUES) | .venv/.installed
	@$(PY) manage.py compile_locale --settings backend.config.settings.tools
	@touch $@

test: setup-dev ## the tests, in less than five minutes on two cores
	@$(PYTEST) -m "not fault and not slow" $(ARGS)

test-slow: setup-dev ## the tests that take longer, but for the drills (the browser's are skipped without Chromium)
	@$(PYTEST) -m "slow and not fault and not nightly" $(ARGS)

check: setup-dev ## style, types, layers, sizes, generated pages
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	$(PY) scripts/size_budget.py
	.venv/bin/pytest --quiet tests/architecture tests/workflows/test_drawing.py

demo: setup-dev ## five months of a commune in three minutes (REPORT=file.json keeps the figures)
	@$(PY) -m demo $(if $(REPORT),--report $(REPORT))

bench: setup-dev ## speed, as ratios in one run (JSON=file.json keeps the figures, QUICK=1 only tries it, WHOLE=1: the country's largest night)
	@$(PY) -m bench $(if $(JSON),--json $(JSON)) $(if $(QUICK),--quick) $(if $(WHOLE),--whole)

mutation: setup-dev ## change workflows/ in thousands of small ways: do the tests notice? (ARGS="--keep 'workflows.guards.votes.*'")
	@$(PY) scripts/mutation.py $(ARGS)

drills: setup-dev ## kill, fill up and cut off real processes (RECORD=1: the table of docs/reliability.md anew; ARGS="-k disk")
	@$(if $(RECORD),DRILLS=docs/reliability.json) .venv/bin/pytest -m fault $(ARGS); code=$$?; \
	$(if $(RECORD),$(PY) scripts/reliability.py &&) exit $$code

nightly: check ## everything (QUICK=1: without the bench's large numbers and without mutation testing)
	@HYPOTHESIS_PROFILE=nightly $(PYTEST) -m "not fault" $(ARGS)
	@$(MAKE) drills
	@$(MAKE) demo
	@$(MAKE) bench $(if $(QUICK),,WHOLE=1)
	@$(if $(QUICK),,$(MAKE) mutation ARGS=)

docs: setup-dev ## draw the lifecycles, the matrix of rights and the table of doors anew
	@DJANGO_SETTINGS_MODULE=backend.config.settings.test $(PY) -m workflows.documenting docs/generated
	@$(PY) scripts/doors.py > docs/doors.md.new && mv docs/doors.md.new docs/doors.md

pictures: setup-dev ## take the pictures of docs/guide/ anew (needs Chromium)
	@.venv/bin/pytest -n 0 --quiet tests/browser/pictures.py

lock: setup-dev ## write the pins and their hashes anew (UPGRADE=1 takes newer versions)
	@scripts/lock.sh $(if $(UPGRADE),--upgrade)
