# vaxline: build, run, test. `make help` lists what there is.
#
# Everything made stands in build/:
#   build/vaxline          the program          build/obj/...     its objects
#   build/tests/NAME       helpers of tests     build/tests/unit/..._test, build/tests/fuzz_X
#   build/asan/, build/fuzz/   the same again, instrumented
#
# FLAVOUR is empty, asan or fuzz; the targets of the other flavours call this file again with it.

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
FLAVOUR ?=
SECONDS ?= 60
ARGS ?=
TESTS ?=

B := build$(addprefix /,$(FLAVOUR))
O := $(B)/obj

ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 1)
endif
MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

# --- what there is to compile

LLHTTP_DIR := $(firstword $(wildcard /usr/share/llhttp /usr/share/nodejs/llhttp/native/src))
LLHTTP_SRC := $(wildcard $(LLHTTP_DIR)/*.c)
SRC := $(wildcard server/*.c server/*/*.c)
OBJ := $(SRC:%.c=$(O)/%.o) $(patsubst $(LLHTTP_DIR)/%.c,$(O)/llhttp/%.o,$(LLHTTP_SRC))
MAIN_OBJ := $(O)/server/main.o
LIB_OBJ := $(filter-out $(MAIN_OBJ),$(OBJ))

# A tests/DIR/NAME.c is a test program (NAME_test.c), a fuzz target (fuzz_X.c), a helper program (it has a main), or
# support for those.
TEST_C := $(wildcard tests/*/*.c)
TEST_SRC := $(filter %_test.c,$(TEST_C))
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
REPLAY_SRC := tests/fuzz/replay_main.c
OTHER_C := $(filter-out $(TEST_SRC) $(FUZZ_SRC) $(REPLAY_SRC),$(TEST_C))
HELPER_SRC := $(if $(OTHER_C),$(shell grep -l '^int main' $(OTHER_C)))
SUPPORT_SRC := $(filter-out $(HELPER_SRC),$(OTHER_C))

TEST_BIN := $(TEST_SRC:tests/%.c=$(B)/tests/%)
HELPER_BIN := $(foreach s,$(HELPER_SRC),$(B)/tests/$(basename $(notdir $(s))))
FUZZ_NAMES := $(basename $(notdir $(FUZZ_SRC)))
REPLAY_BIN := $(FUZZ_NAMES:%=$(B)/tests/%)

# --- how

# libcsv comes without a .pc file: its header shows whether it is there.
CSV_H := $(wildcard /usr/include/csv.h /usr/local/include/csv.h)
PACKAGES := libevent_core hiredis libcjson libqrencode libsodium libpng libssl libcrypto
LIB_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -lm

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wpointer-arith -Werror
OPTIMISE := -O2 -g
HARDEN := -fstack-protector-strong -D_FORTIFY_SOURCE=2
INSTRUMENT :=
CC := gcc

ifeq ($(FLAVOUR),asan)
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN :=
INSTRUMENT := -fsanitize=address,undefined -fno-sanitize-recover=all
endif
ifeq ($(FLAVOUR),fuzz)
CC := $(firstword $(foreach name,clang clang-19 clang-14,$(shell command -v $(name))) clang)
OPTIMISE := -O1 -g -fno-omit-frame-pointer
HARDEN :=
INSTRUMENT := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif

BASE_CFLAGS := -std=gnu11 -D_GNU_SOURCE $(OPTIMISE) $(HARDEN) -fPIE -pthread $(INSTRUMENT)
ALL_CPPFLAGS := -Iinclude -Iserver -isystem /usr/share/include/llhttp -DLLHTTP_STRICT_MODE=1 $(LIB_CFLAGS) $(CPPFLAGS)
ALL_CFLAGS := $(BASE_CFLAGS) $(WARNINGS) $(ALL_CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS := -pie -pthread -Wl,-z,relro,-z,now $(INSTRUMENT) $(LDFLAGS)

COMPILE = @mkdir -p $(@D) && echo "CC $<" && $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
LINK = @mkdir -p $(@D) && echo "LD $@" && $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^)

.PHONY: all run test check asan fuzz bench clean help install uninstall install-deps format
.PHONY: build-tests build-fuzz pages libraries FORCE

# --- the program

all: $(B)/vaxline $(B)/pages/.made ## build build/vaxline
	@:

$(B)/vaxline: $(OBJ) $(B)/objects | $(B)/pages/.made
	$(LINK) $(LIBS)

# The pages as they are served: without what only checks them.
PAGES := $(shell find kiosk/pages -name node_modules -prune -o -type f ! -name 'package*.json' ! -name tsconfig.json -print)

$(B)/pages/.made: $(PAGES) Makefile
	@rm -rf $(@D) && mkdir -p $(@D) && cp --parents $(PAGES) $(@D)/ && mv $(@D)/kiosk/pages/* $(@D)/ && \
	rm -r $(@D)/kiosk && touch $@

# For the test programs: an archive, so that each takes what it uses.
$(O)/libvaxline.a: $(LIB_OBJ) $(B)/objects
	@rm -f $@ && ar rcs $@ $(LIB_OBJ)

$(O)/%.o: %.c Makefile | libraries
	$(COMPILE)

$(O)/llhttp/%.o: $(LLHTTP_DIR)/%.c Makefile
	@mkdir -p $(@D) && echo "CC $<" && $(CC) $(BASE_CFLAGS) -w $(ALL_CPPFLAGS) -MMD -MP -c -o $@ $<

# Files that change only when what they say does: what is linked (a source may have gone), and what main.c alone is told.
define REPLACE
if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endef

$(B)/objects: FORCE
	@mkdir -p $(@D); echo $(OBJ) $(SUPPORT_SRC) >$@.new; $(REPLACE)

$(MAIN_OBJ): server/main.c $(B)/main.flags
	$(COMPILE) @$(B)/main.flags

$(B)/main.flags: FORCE
	@mkdir -p $(@D); version=$$(git describe --tags --always --dirty 2>/dev/null) || version=unknown; \
	printf "'-D%s=\"%s\"'\n" VAXLINE_VERSION "$$version" >$@.new; $(REPLACE)

libraries:
	@pkg-config --exists $(PACKAGES) && test -n "$(LLHTTP_SRC)" -a -n "$(CSV_H)" || \
	{ echo "libraries are missing: run make install-deps" >&2; exit 1; }

-include $(shell find $(O) -name '*.d' 2>/dev/null)

# --- the programs that test

$(O)/libsupport.a: $(SUPPORT_SRC:%.c=$(O)/%.o) $(B)/objects
	@rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(TEST_BIN): $(B)/tests/%: $(O)/tests/%.o $(O)/libsupport.a $(O)/libvaxline.a
	$(LINK) $(LIBS) -lcmocka

define HELPER_RULE
$(B)/tests/$(notdir $(1)): $(O)/tests/$(1).o $(O)/libsupport.a $(O)/libvaxline.a
	$$(LINK) $$(LIBS)
endef
$(foreach t,$(HELPER_SRC:tests/%.c=%),$(eval $(call HELPER_RULE,$(t))))

# A fuzz target fed from its corpus; and, in the flavour fuzz, the target itself.
$(REPLAY_BIN): $(B)/tests/%: $(O)/tests/fuzz/%.o $(REPLAY_SRC:%.c=$(O)/%.o) $(O)/libvaxline.a
	$(LINK) $(LIBS)

$(FUZZ_NAMES:%=$(B)/%): $(B)/%: $(O)/tests/fuzz/%.o $(O)/libvaxline.a
	$(LINK) -fsanitize=fuzzer $(LIBS)

build-tests: $(B)/vaxline $(TEST_BIN) $(HELPER_BIN) $(REPLAY_BIN)
	@:

build-fuzz: $(FUZZ_NAMES:%=$(B)/%)
	@:

# --- what the pages are checked and tested with; the pages themselves need nothing

pages: $(if $(wildcard kiosk/pages/package-lock.json),kiosk/pages/node_modules/.package-lock.json)
	@:

kiosk/pages/node_modules/.package-lock.json: kiosk/pages/package-lock.json
	@echo "NPM kiosk/pages" && npm ci --prefix kiosk/pages --loglevel=error --no-audit --no-fund && touch $@

# --- what people call

run: ## install what is missing, build, and serve config/site.json; ARGS="--listen 127.0.0.1:9000"
	@.ci/deps build run
	@$(MAKE) all
	@exec build/vaxline serve --config config/site.json $(ARGS)

test: ## install what is missing, build, and run every test, or those named by TESTS="trust qr"
	@.ci/deps build run test
	@$(MAKE) build-tests pages
	@tests/run.sh $(B) $(TESTS)

check: ## format, warnings, floors, headers, purity, static analysis, types of the pages
	@.ci/deps build run test check
	@$(MAKE) build-tests pages
	@CC="$(CC)" CPPFLAGS="-std=gnu11 -D_GNU_SOURCE $(ALL_CPPFLAGS)" WARNINGS="$(WARNINGS)" tests/check/run.sh $(B)

asan: ## the tests again, under AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer
	@$(MAKE) FLAVOUR=asan test

fuzz: ## run each fuzz target for SECONDS=60
	@.ci/deps build fuzz
	@$(MAKE) FLAVOUR=fuzz build-fuzz
	@tests/fuzz/run.sh build/fuzz $(SECONDS)

bench: ## measure, beside redis-benchmark, nginx and webdis
	@.ci/deps build run bench
	@$(MAKE) all build-tests
	@VAXLINE=$(CURDIR)/build/vaxline VAXLINE_TESTS=$(CURDIR)/build/tests node tests/bench/bench.mjs $(ARGS)

format: ## bring the C sources to the form that check asks for
	@.ci/deps check
	@$$(command -v clang-format-14 || command -v clang-format-19 || command -v clang-format) -i $$(find include server tests -name '*.[ch]')

SHARE := $(DESTDIR)$(PREFIX)/share/vaxline
SITE := $(DESTDIR)$(SYSCONFDIR)/vaxline/site.json

# A configuration that is there is the site's own. What an older version left in share/ goes.
install: all ## install to DESTDIR, PREFIX=/usr/local, SYSCONFDIR=/etc, with a unit for systemd
	@install -D -m 755 $(B)/vaxline $(DESTDIR)$(PREFIX)/bin/vaxline
	@rm -rf $(SHARE)/pages
	@cd $(B)/pages && find . -type f ! -name '.*' -exec install -D -m 644 {} $(abspath $(SHARE))/pages/{} ';'
	@for file in site.json site.schema.json; do install -D -m 644 config/$$file $(SHARE)/config/$$file; done
	@test -e $(SITE) || install -D -m 644 config/site.json $(SITE)
	@mkdir -p $(DESTDIR)$(UNITDIR)
	@sed 's|/usr/local/|$(PREFIX)/|g; s|/etc/|$(SYSCONFDIR)/|g' config/vaxline.service >$(DESTDIR)$(UNITDIR)/vaxline.service
	@chmod 644 $(DESTDIR)$(UNITDIR)/vaxline.service

uninstall: ## remove what install put there; the configuration and the data stay
	@rm -f $(DESTDIR)$(PREFIX)/bin/vaxline $(DESTDIR)$(UNITDIR)/vaxline.service
	@rm -rf $(SHARE)
	@test ! -e $(SITE) || echo "kept: $(SITE)"

install-deps: ## install the packages that build, run, test and check need and this machine lacks
	@.ci/deps build run test check

clean: ## remove build/
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-13s %s\n' "$$name" "$$what"; done
