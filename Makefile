# Every target sets up what it needs by itself (see .ci/setup); a second run does not wait for that.
#   make demo                 three small guests of its own, removed when you leave
#   make run ARGS='-c URI'    the program on your libvirt
#   make test ARGS='-k list'  everything that is checked; ARGS goes to pytest
.DEFAULT_GOAL := help
.PHONY: help demo run test check bench screenshots clean setup-run setup-test
BIN := .venv/bin

help:
	@echo 'make demo         try it: three small virtual machines of its own, removed when you leave'
	@echo 'make run          run it on your libvirt (ARGS="-c URI")'
	@echo 'make test         all checks and tests (ARGS goes to pytest)'
	@echo 'make check        the static part: format, lint, types, imports'
	@echo 'make bench        the benchmarks'
	@echo 'make screenshots  make the pictures in screenshots/ anew'
	@echo 'make clean        remove .venv, caches and build products'

setup-run:
	@.ci/setup run

setup-test:
	@.ci/setup test

demo: setup-run
	@$(BIN)/tuivm demo $(ARGS)

run: setup-run
	@$(BIN)/tuivm $(ARGS)

check: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests run even when the static part fails, so that one run tells all.
# Tests boot real guests; in software they boot everywhere, a /dev/kvm that opens is no proof. Most of a test's time is
# waiting for a guest or a screen, so that four at once end in a third of the time; a file's tests share its guests.
PARALLEL := -n 4 --dist loadfile --no-loadscope-reorder
test: export TUIVM_DEMO_ACCEL = tcg
test: setup-test
	@failed=0; \
	$(MAKE) --no-print-directory check || failed=1; \
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS) || failed=1; \
	exit $$failed

bench: setup-test
	$(BIN)/python -m tests.benchmarks $(ARGS)

screenshots: setup-test
	$(BIN)/python -m tests.make_screenshots $(ARGS)

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find tuivm tests -name __pycache__ -type d -prune -exec rm -rf {} +
