# make demo: a ChatPainter trained here and now, and what it draws.   make test: all that CI runs.
PYTHON ?= python3
BIN := .venv/bin
RUN := runs/demo
JOBS := 1

.PHONY: demo reproduce-chatpainter reproduce-neural-painter reproduce-table2-extended docs test check install lint types imports tests clean

install: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[dev]"
	touch $@

demo: .venv/demo
	@if [ -f $(RUN)/recipe.toml ]; then \
		$(BIN)/painterkit train --resume $(RUN); \
	else \
		$(BIN)/painterkit train recipes/chatpainter_rnn.toml --out $(RUN); \
	fi
	@$(BIN)/painterkit evaluate $(RUN)
	@$(BIN)/painterkit generate $(RUN) --count 4 --out $(RUN)/pictures/ginger.png \
		--caption "a smiling woman with ginger hair" \
		--turn "Does she wear glasses? Yes, round ones." \
		--turn "What is she wearing? A green hoodie."
	@$(BIN)/painterkit generate $(RUN) --count 4 --out $(RUN)/pictures/beard.png \
		--caption "a man with a full beard" \
		--turn "Is he bald? Yes." --turn "Any glasses? Sunglasses." \
		--turn "What is he wearing? A blue blazer." --turn "How does he look? Serious."
	@echo "Faces drawn from held-out conversations, true ones at the left: $(RUN)/samples"
	@echo "Faces drawn from the words in the Makefile: $(RUN)/pictures"

# docs/papers/chatpainter_table2.md, run by run; JOBS=2 trains two at once.
reproduce-chatpainter: .venv/demo
	$(BIN)/python -m benchmarks.chatpainter_table2 --jobs $(JOBS)

# docs/papers/neural_painter_claims.md, likewise.
reproduce-neural-painter: .venv/demo
	$(BIN)/python -m pip install --quiet -e ".[demo,metrics]"
	$(BIN)/python -m benchmarks.neural_painter_claims --jobs $(JOBS)

# docs/papers/table2_extended.md, likewise.
reproduce-table2-extended: .venv/demo
	$(BIN)/python -m benchmarks.table2_extended --jobs $(JOBS)

# The documentation as a site in site/; `python3 -m http.server --directory site` has its search as well.
docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

.venv/docs: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -e ".[docs]"
	touch $@

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

# A process a core, one thread each: the networks of tests are too small for more.
tests: install
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses auto --dist loadfile

clean:
	rm -rf .venv build dist site
