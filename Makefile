# Every target sets up what it needs: `make demo` on a fresh clone is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
KERNELS := $(VENV)/.compiled

DEMO_MODULES := hunger:5,thirst:5,flinch,pain
DEMO_SECONDS := 170

.PHONY: install demo pictures docs test test-arithmetic lint format bench clean

install: $(READY) $(KERNELS)

# torch by itself and first, so that the constraint decides which build it is.
$(READY): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install torch -c constraints.txt
	$(BIN)/python -m pip install ./.ci/pygame -c constraints.txt
	$(BIN)/python -m pip install -e '.[dev]' -c constraints.txt
	touch $@

# A minute at most, which nobody's first step has to wait for then.
$(KERNELS): $(READY) $(wildcard envs/engine/*.py envs/engine/*/*.py)
	$(BIN)/python -m envs
	touch $@

demo: install
	$(BIN)/dualbrain train dualbrain/SpiderCave-v0 --modules $(DEMO_MODULES) --seed 0 \
	    --time-limit $(DEMO_SECONDS) -f runs/demo
	$(BIN)/dualbrain eval runs/demo --episodes 100 --random

# Of the newest run below runs/demo: `make demo` first.
pictures: install
	$(BIN)/python docs/pictures/make.py runs/demo
	$(BIN)/python docs/pictures/make_watch.py runs/demo
	$(BIN)/python docs/pictures/make_board.py runs/demo
	$(BIN)/python docs/pictures/make_inspect.py runs/demo
	$(BIN)/python docs/pictures/make_brains.py

# Pages and pictures that are made from the code.
docs: install
	$(BIN)/python -m docs.make_senses
	$(BIN)/python -m docs.make_drives
	$(BIN)/python -m docs.make_keys
	$(BIN)/python docs/pictures/make_worlds.py

test: install
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

# Where rounding could matter, as if the processor had none of today's instructions: other kernels, other last digits.
OLDEST := ATEN_CPU_CAPABILITY=default MKL_CBWR=COMPATIBLE ONEDNN_MAX_CPU_ISA=SSE41 OPENBLAS_CORETYPE=Prescott \
    NUMBA_CPU_NAME=generic NUMBA_CACHE_DIR=$(CURDIR)/build/numba-generic \
    NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4 AVX512_ICL AVX512_SPR"

test-arithmetic: install
	$(OLDEST) $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow" \
	    tests/agents tests/chamber/test_online.py tests/cortex tests/envs tests/heads tests/observers/test_instruments.py \
	    tests/steering tests/training tests/worlds

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/*.py docs/pictures/*.py

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache $(KERNELS)
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
