# make demo: a ChatPainter trained here and now, and what it draws.   make test: all that CI runs.
PYTHON ?= python3
BIN := .venv/bin
RUN := runs/demo

.PHONY: demo test check install lint types imports tests clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $@

demo: .venv/demo
	PYTHON=$(BIN)/python sh docs/demo.sh $(RUN)

.venv/demo: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[demo]"
	touch $@

test: check tests

check: lint types imports

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/pyright

imports: install
	$(BIN)/lint-imports

tests: install
	$(BIN)/pytest

clean:
	rm -rf .venv build dist
