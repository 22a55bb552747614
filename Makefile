# Milepost: `make run` serves a demo company, `make test` runs every test. Both install what they need into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What Milepost is measured beside; no part of it needs this.
PEERS := .venv-bench
# What the long proofs need beside what `make test` installs.
PROOF := .venv-proof
# What asks for known vulnerabilities of all that is installed; no part of it needs this either.
AUDIT := .venv-audit

.PHONY: run test lint docs tour bench bench-growth bench-verify bench-transfer bench-scan bench-pages crash fuzz mutation load audit requirements clean

run: $(VENV)/.installed
	$(BIN)/milepost demo

test: $(VENV)/.developing
	$(BIN)/pytest -q -n auto $(TESTS)

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What is made of the code: the examples in the descriptions of the APIs, and docs/compatibility.md. A test fails while
# one is stale.
docs: $(VENV)/.developing
	PYTHONPATH=tests $(BIN)/python tools/examples.py
	$(BIN)/python tools/compatibility.py

# The pictures of docs/tour.md, which Chromium takes of the demo company as it is today.
tour: $(VENV)/.developing
	PYTHONPATH=tests $(BIN)/python tools/tour.py

# Both write docs/benchmarks.md. A million key results take minutes to build, and some gigabytes: choose others with
# make bench-growth SIZES="1000 100000".
bench: $(VENV)/.installed $(PEERS)/.installed
	$(BIN)/python benchmarks/bench.py --peers $(PEERS) --write

bench-growth: $(VENV)/.installed
	$(BIN)/python benchmarks/growth.py $(if $(SIZES),--sizes $(SIZES)) --write

bench-verify: $(VENV)/.installed
	$(BIN)/python benchmarks/verifying.py

bench-transfer: $(VENV)/.installed
	$(BIN)/python benchmarks/transferring.py

# What takes longer than a test may: proof/README.md. Choose shorter ones with make crash KILLS=10, make fuzz SECONDS=60,
# make mutation MODULES=actions/access, make load SECONDS=10.
crash: $(VENV)/.developing
	PYTHONPATH=tests $(BIN)/python proof/crash.py $(if $(KILLS),--kills $(KILLS))

fuzz: $(PROOF)/.installed
	PYTHONPATH=tests $(PROOF)/bin/python proof/fuzz.py $(if $(SECONDS),--seconds $(SECONDS)) $(if $(KEEP),--keep)

mutation: $(PROOF)/.installed
	$(PROOF)/bin/python proof/mutation.py $(if $(MODULES),--modules $(MODULES))

load: $(VENV)/.developing
	PYTHONPATH=tests $(BIN)/python proof/steady.py $(if $(SECONDS),--seconds $(SECONDS))

# A million key results: minutes to build, and two gigabytes of the folder for temporary files.
bench-scan: $(VENV)/.installed
	$(BIN)/python benchmarks/scanning.py

# It needs what the tests need, as it opens pages as they do.
bench-pages: $(VENV)/.developing
	$(BIN)/python benchmarks/pages.py

# Fails where a vulnerability is known; where the advisories cannot be had it says so, and does not.
audit: $(AUDIT)/.installed
	$(AUDIT)/bin/python tools/auditing.py requirements.txt requirements-dev.txt requirements-audit.txt \
	  proof/requirements.txt benchmarks/requirements.txt

# Pinned and hashed for every platform; needs uv, which may be installed anywhere.
requirements:
	for set in requirements requirements-dev requirements-audit benchmarks/requirements proof/requirements; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --upgrade $$set.in -o $$set.txt; \
	done

clean:
	rm -rf $(VENV) $(PEERS) $(PROOF) $(AUDIT) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python $(PEERS)/bin/python $(PROOF)/bin/python $(AUDIT)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Milepost needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(@D:/bin=)

$(VENV)/.installed: $(VENV)/bin/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(PEERS)/.installed: $(PEERS)/bin/python benchmarks/requirements.txt
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r benchmarks/requirements.txt
	@touch $@

$(PROOF)/.installed: $(PROOF)/bin/python proof/requirements.txt pyproject.toml
	$(PROOF)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r proof/requirements.txt
	$(PROOF)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(AUDIT)/.installed: $(AUDIT)/bin/python requirements-audit.txt
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@
