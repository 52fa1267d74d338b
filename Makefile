# xiaxiang: from an empty machine to the first disc. `make` alone explains itself.

PYTHON ?= python3
WORKSPACE ?= workspace
RIGHTS ?= county
BIN := .venv/bin
XIAXIANG := $(BIN)/xiaxiang --workspace "$(WORKSPACE)"
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help run test check lint types layers tests peers bench bench-books bench-quality \
	streams contact-sheet clean

help:
	@echo "make run                  make sample programmes and a Video CD set of them"
	@echo "make run INBOX=/a/folder  the same with your own videos (RIGHTS=county|province|national)"
	@echo "make test                 run all tests"
	@echo "make check                lint, types, layers, tests: before every push"
	@echo "make peers                install the tools we compare ourselves with (apt, root)"
	@echo "make bench                measure against those tools and the disk; prints ratios"
	@echo "make bench-books          the books of a whole nation, built once, and every bar measured"
	@echo "make bench-quality        picture quality beside ffmpeg's preset and mpeg2enc, clip by clip"
	@echo "make contact-sheet        pictures of all shared clips beside those of their discs"
	@echo "make streams              twenty minutes of material through our multiplex, judged"
	@echo "make clean                take away what make made (never the workspace)"

# -- for users --------------------------------------------------------------------------------

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) --editable .
	@touch $@

run: .venv/run
	@$(XIAXIANG) init
ifdef INBOX
	@$(XIAXIANG) add "$(INBOX)" --rights $(RIGHTS) || test $$? -eq 3
	@$(XIAXIANG) build inbox
else
	@$(XIAXIANG) samples "$(WORKSPACE)/inbox"
	@$(XIAXIANG) add "$(WORKSPACE)/inbox" --sheet "$(WORKSPACE)/inbox/节目单.csv"
	@$(XIAXIANG) build sanxiaxiang-winter
endif

# -- for developers ---------------------------------------------------------------------------

.venv/check: .venv/run
	$(PIP) --editable ".[check]"
	@touch $@

test tests: .venv/check
	$(BIN)/python -m pytest -rs

lint: .venv/check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/check
	$(BIN)/mypy

layers: .venv/check
	$(BIN)/lint-imports

check: lint types layers tests

# Video CD: vcdimager, libcdio-utils; playing it: mplayer; coding: mjpegtools; books: postgresql;
# data discs: xorriso, genisoimage, 7z; the page of a drive: chromium; drives: rsync, git-annex, file
# systems that Linux has through FUSE, mtools for FAT; signatures: openssl.
peers:
	apt-get update --quiet
	DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
		vcdimager libcdio-utils mplayer mjpegtools postgresql \
		xorriso genisoimage p7zip-full fuseiso chromium fonts-noto-cjk openssl \
		rsync git-annex mtools dosfstools exfat-fuse exfatprogs ntfs-3g fuse3 libfuse2

bench: .venv/check
	$(BIN)/python -m tests.bench

bench-books: .venv/check
	$(BIN)/python -m tests.bench.books

bench-quality: .venv/check
	$(BIN)/python -m tests.bench.quality

contact-sheet: .venv/check
	$(BIN)/python -m tests.bench.contact --out "$(WORKSPACE)/contact-sheet"

# Twenty minutes of material through our multiplex and ffmpeg's, judged by the checker.
streams: .venv/check
	$(BIN)/python -m tests.bench.streams

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
