# `make colorize` gives color to photographs; `make test` checks everything. The rest is for the
# study.
PYTHON ?= python3
PHOTOS ?=
# Sets of photographs, as in USED_SETS of nbs/20_datasets.ipynb. SETS are trained on: the model that
# ships on all of them. STUDIED are those of them that have test photographs: the study scores its
# runs on these. UNSEEN is never trained on; UNSEEN= on the command line leaves it out. TESTED are
# STUDIED and UNSEEN: the model that ships is scored on their test photographs. How vivid it is, is
# chosen on the validation photographs of STUDIED.
SETS ?= coco dogs landscapes general varied
UNSEEN ?= objects
STUDIED := $(filter-out general varied,$(SETS))
TESTED := $(STUDIED) $(UNSEEN)
KNOWN := coco dogs landscapes general varied objects
SOURCES ?= photos
ELSEWHERE := $(filter-out photos photos/ ./photos ./photos/,$(SOURCES))
SOURCES_TOO := $(if $(ELSEWHERE), SOURCES=$(SOURCES))
# Their test photographs: a folder, an archive, or the folder in which make data gathers them.
source_of = $(or $(wildcard $(SOURCES)/$(1)),$(wildcard $(SOURCES)/$(1).tar),photos/$(1))
TESTS = $(foreach set,$(STUDIED),$(set)=$(call source_of,$(set)))
UNPACKED = $(foreach set,$(filter-out varied,$(SETS)),$(if $(wildcard data/$(set)/manifest.csv),,$(set)))
BUDGET ?= cpu
TRIALS ?= 20
WORKERS ?= 2
# A thread for each worker. Bytecode is kept, or each of many processes would compile torch again.
IN_TESTS := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=
BIN := .venv/bin

# What is checked before anything is downloaded: the names of the sets and of the folder.
define right_names
@unknown='$(strip $(filter-out $(KNOWN),$(SETS) $(UNSEEN)))'; [ -z "$$unknown" ] \
	|| { echo "make $@: $$unknown: no set of this name; there are $(KNOWN)"; exit 1; }
@[ -z '$(ELSEWHERE)' ] || [ -d '$(SOURCES)' ] \
	|| { echo "make $@: SOURCES=$(SOURCES): no such folder; give the one that has $(strip $(SETS) $(UNSEEN)), each as a folder NAME or as NAME*.tar, .tgz or .zip"; exit 1; }
endef

# What is checked before anything is trained or measured: packed sets, and test photographs, as
# NAME=PATH.
define packed
@missing=; there=; for set in $(1); do \
	if [ -e data/$$set/manifest.csv ]; then there="$$there $$set"; else missing="$$missing $$set"; fi; done; [ -z "$$missing" ] \
	|| { echo "make $@: not packed in data/:$$missing; make data SETS=\"$${missing# }\" UNSEEN=$(SOURCES_TOO) packs them$${there:+, and make $@ SETS=\"$${there# }\" UNSEEN= does without them}"; exit 1; }
endef
define tests_there
@missing=; for test in $(1); do [ -e "$${test#*=}" ] || missing="$$missing $${test%%=*}"; done; [ -z "$$missing" ] \
	|| { echo "make $@: no test photographs in $(if $(ELSEWHERE),$(SOURCES) or )photos/ of:$$missing; SOURCES=FOLDER names the folder that has them, and make data SETS=\"$${missing# }\" UNSEEN= downloads them into photos/"; exit 1; }
endef

.PHONY: colorize test setup data train evaluate robustness study search sweeps bench lint lab export notebooks docs-check docs quarto readme clean

colorize: .venv/colorize.installed  ## PHOTOS=file-or-folder for your own
	@$(BIN)/dlcolorize gallery $(if $(PHOTOS),"$(PHOTOS)")

test: .venv/test.installed  ## WORKERS at a time, a core each
	$(IN_TESTS) $(BIN)/nbdev_test --n_workers $(WORKERS) --do_print
	$(IN_TESTS) $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal tests

## all that `make test` needs, and hooks for git and JupyterLab in a checkout
setup: .venv/test.installed $(if $(wildcard .git/.),.venv/hooks.installed)

## packs SOURCES/NAME or all SOURCES/NAME*.tar, .tgz and .zip for each NAME in SETS and UNSEEN into
## data/NAME. The archives are those of this project or the public ones. Without SOURCES, the
## photographs of a set that is not in photos/ are downloaded by their names into photos/NAME. What
## cannot be had gets a line, and the others are made
data: .venv/test.installed
	$(right_names)
	@failed=; for set in $(SETS) $(UNSEEN); do \
		sources=; for path in $(SOURCES)/$$set $(SOURCES)/$$set*.tar $(SOURCES)/$$set*.tgz $(SOURCES)/$$set*.zip; do \
			[ ! -e $$path ] || sources="$$sources --source $$path"; [ ! -d $$path ] || break; \
		done; \
		if [ -z "$$sources" ] && [ -n '$(ELSEWHERE)' ] && [ ! -e photos/$$set ]; then \
			echo "make data: $(SOURCES): has no $$set and no $$set*.tar, .tgz or .zip (without SOURCES, public sets are downloaded)"; \
			failed="$$failed $$set"; \
		elif $(BIN)/dlcolorize data prepare $$set $$sources --dest data/$$set; then \
			cp data/$$set/summary.csv results/data/$$set.csv; else failed="$$failed $$set"; fi; \
	done; [ -z "$$failed" ] \
		|| { echo "make data: not made:$$failed; on the disk, they belong into $(SOURCES)/, as a folder NAME or as NAME*.tar, .tgz or .zip"; exit 1; }

## trains the model that ships on data/NAME of SETS and exports it into the package: a first one, a
## large one that it teaches, and then the first one again, with both as its teachers. The last two
## need a GPU. STUDIED choose how vivid it is
train: .venv/test.installed
	$(call packed,$(SETS))
	$(BIN)/dlcolorize train --model base $(SETS:%=--data data/%) --out runs/first --resume
	$(BIN)/dlcolorize train --model large --teacher runs/first $(SETS:%=--data data/%) --out runs/large --resume
	$(BIN)/dlcolorize train --from runs/first --teacher runs/large --teacher runs/first $(SETS:%=--data data/%) --out results/base --resume
	$(BIN)/dlcolorize export results/base --out dlcolorize/weights/base.onnx $(STUDIED:%=--data data/%)

## scores the model on the test photographs of SOURCES/NAME or SOURCES/NAME.tar for each NAME in
## TESTED, and on COCO and UNSEEN as papers do, and notes the scores in its card
evaluate: .venv/test.installed
	$(call tests_there,$(foreach set,$(TESTED),$(set)=$(call source_of,$(set))))
	$(call packed,$(TESTED))
	for pair in $(foreach set,$(TESTED),$(set)=$(call source_of,$(set))); do \
		set=$${pair%%=*} source=$${pair#*=}; \
		$(BIN)/dlcolorize evaluate --data $$source --out results/base/test-$$set.csv || exit 1; \
		$(BIN)/dlcolorize evaluate --data $$source --out results/base/careful-$$set.csv --vividness 0 || exit 1; \
	done
	$(BIN)/dlcolorize protocol $(foreach set,$(filter coco,$(SETS)) $(UNSEEN),--test $(set)=$(call source_of,$(set))) --out results/base/protocol.csv
	$(BIN)/dlcolorize quality dlcolorize/weights/base.onnx results/base
	$(BIN)/dlcolorize sizes $(TESTED:%=--data data/%) --out results/base/size_by_content.csv

## damage, uncertainty and skin: the tables of results/robustness, with the model that ships, on the
## test photographs of TESTED and the portraits of varied; and damage of the runs of the study that
## have their weights here
robustness: .venv/test.installed
	$(call tests_there,$(foreach set,$(TESTED),$(set)=$(call source_of,$(set))))
	$(BIN)/dlcolorize robustness \
		$(foreach set,$(TESTED),--test $(set)=$(call source_of,$(set))) \
		$(foreach people,$(firstword $(wildcard $(SOURCES)/varied $(SOURCES)/varied.tar)),--people $(people)) \
		$(if $(wildcard results/study-$(BUDGET)/*/model.safetensors),--study results/study-$(BUDGET))

## every run of the study into results/study-BUDGET, cpu or gpu, scored on STUDIED, WORKERS at a
## time; goes on where it was stopped. Sets that are not packed yet are, as by make data; runs that
## need one that cannot be had are left out
study: .venv/test.installed
	$(right_names)
	@[ -z "$(UNPACKED)" ] || $(MAKE) data SETS="$(UNPACKED)" UNSEEN= || true
	$(call tests_there,$(TESTS))
	$(BIN)/dlcolorize study $(TESTS:%=--test %) --budget $(BUDGET) --workers $(WORKERS)

## settings for the U-Net in both spaces, TRIALS of each, then a run with the best; goes on where it
## was stopped
search: .venv/test.installed
	$(call tests_there,$(TESTS))
	$(call packed,coco)
	$(BIN)/dlcolorize search $(TESTS:%=--test %) --budget $(BUDGET) --trials $(TRIALS)

## the search as files for `wandb sweep`, made from what it draws; its settings are those of BUDGET
sweeps: .venv/test.installed
	$(BIN)/python -c "from dlcolorize.study import BUDGETS, write_sweeps; \
		write_sweeps('results/study-$(BUDGET)', BUDGETS['$(BUDGET)'].settings | dict(epochs=3))"

bench: .venv/test.installed  ## measures speed and memory into results/bench
	$(BIN)/dlcolorize bench

lint: .venv/test.installed  ## rules in ruff.toml and mypy.ini
	$(BIN)/ruff check nbs tests setup.py dlcolorize
	$(BIN)/mypy

## JupyterLab on the notebooks, which are cleaned when they are saved
lab: .venv/test.installed $(if $(wildcard .git/.),.venv/hooks.installed)
	cd nbs && JUPYTER_CONFIG_PATH=$(CURDIR)/.venv/.jupyter ../$(BIN)/jupyter lab

export: .venv/test.installed  ## dlcolorize/*.py from the notebooks, and the list of pages
	$(BIN)/nbdev_clean
	$(BIN)/nbdev_export
	$(BIN)/python tests/site_checks.py

notebooks: .venv/test.installed  ## every notebook, executed from top to bottom in a fresh kernel; outputs are stored
	@find nbs -name '*.ipynb' -not -path '*/.*' | sort | TQDM_DISABLE=1 $(IN_TESTS) xargs -P $(WORKERS) -I {} sh -c \
		'start=$$(date +%s); $(BIN)/jupyter nbconvert --log-level ERROR --to notebook --execute --inplace {} \
			&& echo "{}: $$(( $$(date +%s) - start )) s" || { echo "{}: failed"; exit 255; }'
	@find nbs -name '*.ipynb' -not -path '*/.*' | xargs $(BIN)/jupyter nbconvert --log-level ERROR --to notebook --coalesce-streams
	$(BIN)/nbdev_clean

docs-check: .venv/test.installed  ## what would come out wrong on the site; needs no Quarto
	$(IN_TESTS) $(BIN)/python -m pytest -q tests/check_site.py

# nbdev would fetch a missing Quarto with sudo, and write a README.md that is older than its
# notebook.
docs: quarto .venv/test.installed readme  ## the site, in _docs; needs Quarto
	$(BIN)/nbdev_docs --n_workers $(WORKERS)

quarto:
	@command -v quarto > /dev/null || { echo 'make docs needs Quarto, and there is none on the PATH: https://quarto.org/docs/get-started/'; exit 1; }

readme: .venv/test.installed  ## README.md from nbs/index.ipynb
	@$(BIN)/jupyter nbconvert --log-level ERROR --to markdown --stdout nbs/index.ipynb | sed -E 's#(\]\(|src=")([a-z0-9_]+(/|\.ipynb))#\1nbs/\2#g; /^<input /d' > README.md

# nbdev writes its hook for Jupyter into the home folder, and names programs that are on nobody's
# PATH.
.venv/hooks.installed: .venv/test.installed
	HOME=$(CURDIR)/.venv $(BIN)/nbdev_install_hooks
	git config --local merge.nbdev-merge.driver '$(CURDIR)/$(BIN)/nbdev_merge %O %A %B %P'
	printf '#!/bin/sh\n"%s/.venv/bin/nbdev_trust"\n' '$(CURDIR)' > .git/hooks/post-merge
	@touch $@

clean:  ## all that make has made, but for data and runs
	rm -rf .venv colorized _docs _proc build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check uv

.venv/colorize.installed: settings.ini setup.py | .venv/bin/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable .
	@touch $@

.venv/test.installed: settings.ini setup.py | .venv/bin/uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[dev]'
	@touch $@ .venv/colorize.installed
