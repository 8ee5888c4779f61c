# make demo: see the loop repair a detector.   make test: all tests.   make ui: Dagster on what the demo left.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
HOME_DIR := $(if $(filter command line,$(origin HOME)),$(HOME),.autoretrain/demo)
DATA ?= ../shared/data
WEIGHTS ?= ../shared/weights/yolov5nu-coco-backbone.pt

.PHONY: help install demo ui test test-fast test-cvat check lakefs bench crash acceptance clean

help: ## What there is to make.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

install: $(INSTALLED) ## Make .venv with autoretrain in it (by uv where it exists, by pip where not).

UV := $(shell command -v uv 2>/dev/null)
PIP := $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

# The opencv that ultralytics asks for wants a desktop's libraries; where there are none, the headless one takes its place.
$(INSTALLED): pyproject.toml constraints.txt
	@echo "Installing into $(VENV): 3 to 7 GB, most of it torch …"
	@$(if $(UV),uv venv --quiet --allow-existing --python $(PYTHON) $(VENV),$(PYTHON) -m venv $(VENV))
	@$(PIP) -c constraints.txt -e '.[dev]'
	@$(BIN)/python -c 'import cv2' 2>/dev/null || $(PIP) --force-reinstall --no-deps opencv-python-headless
	@touch $@

demo: install ## Draw a street, train on daylight, let night fall, repair the detector; hold a sloppy one.
	@$(BIN)/python -m autoretrain_assets.replay.demo

ui: install ## Open Dagster on a home: make ui HOME=DIR (the demo's where none is named).
	@AUTORETRAIN_HOME="$(abspath $(HOME_DIR))" DAGSTER_HOME="$(abspath $(HOME_DIR))/dagster" \
	    $(BIN)/dagster dev -w workspace.yaml --host 127.0.0.1 --port $(or $(PORT),3000)

test: install ## Every test; what the browser saw stays in .autoretrain/screenshots.
	@AUTORETRAIN_ARTEFACTS="$${AUTORETRAIN_ARTEFACTS:-.autoretrain/screenshots}" $(BIN)/python -m pytest -n 2

test-fast: install ## The tests that train nothing and start no server.
	@$(BIN)/python -m pytest -n 2 -m "not slow"

test-cvat: install ## The labelling tests on a real CVAT server that the environment names; says how where it names none.
	@$(BIN)/python -m autoretrain_tests.cvat.real

LAKEFS := .autoretrain/bin/lakefs
LAKEFS_SOURCE := autoretrain_tests/lakefs/server

lakefs: $(LAKEFS) ## Build the lakeFS server that the store's tests run on (needs Go; minutes the first time).

$(LAKEFS): $(LAKEFS_SOURCE)/go.mod $(LAKEFS_SOURCE)/go.sum
	@mkdir -p $(@D)
	@cd $(LAKEFS_SOURCE) && go build -buildvcs=false -trimpath -ldflags '-s -w' -o $(abspath $@) github.com/treeverse/lakefs/cmd/lakefs

check: install ## Style, types, and which room may know which.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

bench: install ## Speeds, each beside its anchor from the same run.
	@$(BIN)/python -m autoretrain_tests.bench

crash: install ## Kill whatever runs at N random moments: make crash N=100 SEED=0.
	@$(BIN)/python -m autoretrain_tests.crash.random_kills $(or $(N),20) $(or $(SEED),0)

acceptance: install ## Replay real drift against fine-tuning by hand (an hour on 2 cores).
	@$(BIN)/python -m autoretrain_tests.acceptance --data $(DATA) --weights $(WEIGHTS)

clean: ## Remove the demo's home and the caches.
	@rm -rf .autoretrain .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
