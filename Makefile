# Every target installs what it needs; nothing has to be typed before.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test test-all test-labels test-kills test-clients lint types page-types browser reference clean

install: $(STAMP)

# The constraints pin torch: a looser request pulls gigabytes of CUDA libraries.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,studio,export]'
	touch $(STAMP)

# A page of edits by the network that comes with scumble: demo-out/index.html.
demo: install
	rm -rf demo-out
	$(BIN)/scumble demo --out demo-out

test: install
	$(BIN)/python -m pytest -n 2 -m 'not slow'

test-all: install
	$(BIN)/python -m pytest -n 2

# Ten thousand random label files: none may end in anything but a message.
test-labels: install
	SCUMBLE_LABEL_FILES=10000 $(BIN)/python -m pytest -q tests/files/test_random_label_files.py

# Twice a hundred kills, and signals: nothing on disk may ever be unreadable, and runs end bit for bit alike.
test-kills: install
	SCUMBLE_KILLS=100 $(BIN)/python -m pytest -q tests/training/test_stop.py

# Twenty people at one studio for a minute: nothing is lost or mixed up; says how many pictures and how much memory.
test-clients: install
	SCUMBLE_STUDIO_SECONDS=60 $(BIN)/python -m pytest -q -s tests/studio/test_clients.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

# The types in the comments of the studio's page; npx fetches the TypeScript compiler.
page-types:
	npx --yes -p typescript@7.0.2 tsc -p jsconfig.json

# Debian's browser, without which the tests of the studio's page are skipped; installing it wants root.
browser:
	command -v chromium || (apt-get update -qq && apt-get install -qq --no-install-recommends chromium)

reference: install
	$(BIN)/python -m tests.reference tests/reference/cases --regions always
	$(BIN)/python -m tests.reference tests/reference/cases --regions never

clean:
	rm -rf $(VENV) demo-out .pytest_cache .mypy_cache .ruff_cache
