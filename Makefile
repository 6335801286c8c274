# Two commands matter: `make run` opens the dashboard, `make test` checks everything.
# Windows has the same steps in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check lint format soak soak-cluster soak-labels soak-hour gpu install install-dev

run: $(VENV)/installed
	@$(BIN)/python -m hpa_core demo --if-empty
	$(BIN)/python -m streamlit run streamlit_app.py

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: lint test

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The kill-and-resume test with 200 kills instead of 20; a compiled training with its own dropout.
soak: $(VENV)/installed-dev
	HPA_SOAK=1 HPA_KILLS=200 $(BIN)/python -m pytest tests/training/test_resume.py tests/training/test_compiled.py

# Heads, ranks and their machines killed and hung: what a cluster may do to a training.
soak-cluster: $(VENV)/installed-dev
	HPA_SOAK=1 $(BIN)/python -m pytest tests/jobs/test_ray.py tests/training/test_ranks.py

# 8 writers, 10,000 labels on each of SQLite and PostgreSQL, 100 writers killed in between.
soak-labels: $(VENV)/installed-dev
	HPA_WRITERS=8 HPA_LABELS=10000 HPA_KILLS=100 $(BIN)/python -m pytest tests/labeling/store/test_writers.py

# An hour of jobs, labelling and browsing: fails if memory or open files of any process climb.
soak-hour: $(VENV)/installed-dev
	HPA_SOAK_MINUTES=$${HPA_SOAK_MINUTES:-60} $(BIN)/python -m pytest -s tests/soak

# Everything that is claimed of a GPU, checked and measured on one, into gpu.log.
gpu: $(VENV)/installed-dev
	$(BIN)/python -m benchmarks.gpu

install: $(VENV)/installed
install-dev: $(VENV)/installed-dev

$(VENV)/installed: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements.txt requirements-cluster.txt requirements-tensorboard.txt requirements-postgres.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $(VENV)/installed $@
