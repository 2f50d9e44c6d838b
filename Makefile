VENV := .venv
UV := $(VENV)/bin/uv
PY := $(VENV)/bin/python
# Two more than there are cores: tests also wait, for browsers, processes and databases.
WORKERS := $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 2)))
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
# Compiled once: a command then starts in one second instead of five, also where the environment tells Python to keep nothing.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test thorough check bench assets clean

demo: $(VENV)/installed
	@exec $(VENV)/bin/tongxin demo

test: $(VENV)/installed
	@$(VENV)/bin/pytest -n $(WORKERS) --dist worksteal

thorough: export TONGXIN_THOROUGH := 1
thorough: test

check: $(VENV)/installed
	@$(VENV)/bin/ruff format --check . && $(VENV)/bin/ruff check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports && $(PY) -m migrations.drift

bench: $(VENV)/installed
	@$(PY) -m bench

assets:
	@cd editor && npm ci --ignore-scripts --no-audit --no-fund && npm run build

$(VENV)/installed: pyproject.toml uv.lock
	@test -x $(UV) || { python3 -m venv $(VENV) && $(VENV)/bin/pip install --quiet uv==0.13.9; }
	@$(UV) sync --quiet --frozen --inexact --all-extras
	@touch $@

clean:
	@rm -rf $(VENV)
