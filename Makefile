# kioskd: build, test, show. `make help` lists what there is.
#
# Every folder is one static library made of all its .c files except the programs' mains, so adding a file needs
# no change here. BUILD chooses a flavour: gcc (default), clang, asan, tsan, cov, fuzz.

BUILD ?= gcc
OUT := build/$(BUILD)
PREFIX ?= /usr
SYSCONFDIR ?= /etc
DESTDIR ?=
VERSION := 0.1.0

CROSS ?=# another machine: CROSS=aarch64-linux-gnu-
PKG_CONFIG ?= $(CROSS)pkg-config
AR := $(CROSS)ar
CC_gcc := $(CROSS)gcc
CC_clang := clang
CC_asan := gcc
CC_tsan := gcc
CC_cov := gcc
CC_fuzz := clang
CC := $(CC_$(BUILD))
SAN_asan := -fsanitize=address,undefined -fno-sanitize-recover=all
SAN_tsan := -fsanitize=thread
SAN_cov := --coverage
SAN_fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all

GPIOD2 := $(shell $(PKG_CONFIG) --atleast-version=2 libgpiod 2>/dev/null && echo yes)
GPIO_SRC := $(if $(GPIOD2),hal/gpio_v2.c,hal/gpio_v1.c)
GPIO_OTHER := $(if $(GPIOD2),hal/gpio_v1.c,hal/gpio_v2.c)

PKGS := libmodbus libgpiod libqrencode sdl2 SDL2_ttf SDL2_image libconfig jansson sqlite3 libsodium pangocairo cairo-pdf \
    cairo-svg libpng
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wold-style-definition -Wcast-qual -Wcast-align -Wwrite-strings -Wpointer-arith -Wformat=2 -Wundef -Wvla \
        -Wswitch-enum -Wredundant-decls -Wnested-externs -Wdouble-promotion -Wimplicit-fallthrough -Werror
WARN_gcc := -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wnull-dereference -Wjump-misses-init
OPT := $(if $(filter asan tsan fuzz,$(BUILD)),-O1,$(if $(filter cov,$(BUILD)),-O0,-O2 -D_FORTIFY_SOURCE=2))
CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g $(OPT) -fstack-protector-strong -fno-strict-aliasing \
          -fPIE $(WARN) $(WARN_$(BUILD)) $(SAN_$(BUILD)) -I. -I$(OUT) -DKIOSK_VERSION='"$(VERSION)"' \
          $(addprefix -isystem ,$(patsubst -I%,%,$(shell $(PKG_CONFIG) --cflags-only-I $(PKGS) 2>/dev/null))) -pthread
LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SAN_$(BUILD)) -pthread
LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lpaho-mqtt3as -lm

MAINS := controller/main.c $(wildcard controller/*/main.c) display/main.c hal/kiosk_safe.c
core_SRC := $(wildcard controller/core*.c controller/device/*.c) controller/payment.c controller/codes.c
ctl_SRC := $(filter-out $(MAINS) $(core_SRC),$(wildcard controller/*.c))
hal_SRC := $(filter-out $(MAINS) $(GPIO_OTHER),$(wildcard hal/*.c))
display_SRC := $(filter-out $(MAINS),$(wildcard display/*.c))
config_SRC := $(wildcard config/*.c)
common_SRC := $(wildcard common/*.c)
pay_SRC := $(filter-out $(MAINS),$(wildcard controller/pay/*.c))
kioskctl_SRC := $(filter-out $(MAINS),$(wildcard controller/kioskctl/*.c))
sheet_SRC := $(filter-out $(MAINS),$(wildcard controller/sheet/*.c))
ROOMS := ctl core display hal config common pay kioskctl sheet

obj = $(patsubst %.c,$(OUT)/%.o,$(1))
lib = $(foreach r,$(1),$(OUT)/lib$(r).a)
ALL_SRC := $(foreach r,$(ROOMS),$($(r)_SRC)) $(wildcard $(MAINS))
# Order matters to the linker: who uses comes before what is used.
ALL_LIBS := $(call lib,pay kioskctl sheet ctl core display hal config common)

PROGRAMS := kioskd kiosk-display kioskctl kiosk-pay kiosk-sheet kiosk-safe
MAIN_kioskd := controller/main.c
MAIN_kiosk-display := display/main.c
MAIN_kioskctl := controller/kioskctl/main.c
MAIN_kiosk-pay := controller/pay/main.c
MAIN_kiosk-sheet := controller/sheet/main.c
MAIN_kiosk-safe := hal/kiosk_safe.c
BUILT := $(foreach p,$(PROGRAMS),$(if $(wildcard $(MAIN_$(p))),$(OUT)/$(p)))

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT := $(patsubst tests/unit/%.c,$(OUT)/tests/%,$(UNIT_SRC))

.PHONY: all help demo check arm deps tests units goldens pictures format tidy bench soak fuzz fuzzers coverage mutants install clean
all: $(BUILT)

# STEPS=yes tells each step of a silent build, for people who wait for it.
step = @$(if $(STEPS),echo "  $(1) $(2)",:)

define room_rule
$(OUT)/lib$(1).a: $(call obj,$($(1)_SRC))
	@mkdir -p $$(@D)
	@rm -f $$@
	$(AR) rcsD $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(call step,compile,$<)
	$(CC) $(CFLAGS) -MMD -MP -c $< -o $@

# The screen's texts are built in: a file that is missing or damaged at the customer's leaves no screen without words.
TEXTS := display/texts/en.txt $(filter-out display/texts/en.txt,$(wildcard display/texts/*.txt))
$(OUT)/display/texts.h: display/texts/texts.awk $(TEXTS)
	@mkdir -p $(@D)
	LC_ALL=C awk -f display/texts/texts.awk $(TEXTS) >$@.new
	@mv $@.new $@
$(OUT)/display/words.o build/tidy/display/words.ok: $(OUT)/display/texts.h

define program_rule
$(OUT)/$(1): $(call obj,$(MAIN_$(1))) $(ALL_LIBS)
	$$(call step,link,$$(@F))
	$(CC) $(LDFLAGS) -o $$@ $(call obj,$(MAIN_$(1))) $(ALL_LIBS) $(LIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$(p))))

# A unit test may include tests/unit/*.h and link any room; cmocka runs it.
$(OUT)/tests/%: $(OUT)/tests/unit/%.o $(ALL_LIBS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(ALL_LIBS) $(LIBS) -lcmocka

.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

TOOL_SRC := $(wildcard tests/tools/*.c)
TOOLS := $(patsubst tests/tools/%.c,$(OUT)/tools/%,$(TOOL_SRC))
$(OUT)/tools/%: $(OUT)/tests/tools/%.o $(ALL_LIBS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(ALL_LIBS) $(LIBS)

BENCH_SRC := $(wildcard tests/bench/*.c)
BENCH := $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(BENCH_SRC))
$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(ALL_LIBS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(ALL_LIBS) $(LIBS)

FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/fuzz_%.o $(ALL_LIBS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(ALL_LIBS) $(LIBS) -lcmocka

SIM_OBJ := $(call obj,$(wildcard tests/simulation/*.c))
$(OUT)/simulation: $(SIM_OBJ) $(call lib,ctl core config common)
	$(CC) $(LDFLAGS) -o $@ $(SIM_OBJ) $(call lib,ctl core config common) -ljansson -lsodium

# The same for long runs: everything in one piece, built for this processor, after a look at where it spends its time.
SOAK_SRC := $(wildcard tests/simulation/*.c) $(core_SRC) config/limits.c controller/outbox_policy.c common/base64url.c
SOAK_CC = gcc -std=gnu11 -D_GNU_SOURCE -I. -w -O3 -flto=auto -march=native $(SOAK_SRC) $(1) $(call lib,ctl config common) \
    -ljansson -lsodium -o $@
build/soak/simulation: build/gcc/simulation
	@rm -rf $(@D) && mkdir -p $(@D)
	$(call SOAK_CC,-fprofile-generate=$(abspath $(@D)/profile))
	$@ --seeds 1500 --seed 700001 >/dev/null
	$(call SOAK_CC,-fprofile-use=$(abspath $(@D)/profile) -Wno-missing-profile)

# What Debian must have. "A/B": the first that this release knows.
PACKAGES_BUILD := gcc pkg-config libmodbus-dev libgpiod-dev libqrencode-dev libpaho-mqtt-dev libsdl2-dev libsdl2-ttf-dev \
    libsdl2-image-dev libconfig-dev libjansson-dev libsqlite3-dev libsodium-dev libpango1.0-dev libcairo2-dev libpng-dev \
    libc6-dev
PACKAGES_DEMO := mosquitto fonts-roboto-unhinted fonts-dejavu-core procps
PACKAGES_CHECK := libcmocka-dev gcovr clang clang-tidy clang-format-19 cppcheck shellcheck python3 python3-pymodbus \
    python3-serial-asyncio python3-jwt python3-cryptography python3-paho-mqtt mosquitto-clients zbar-tools \
    zxing-cpp-tools python3-pil xvfb xdotool poppler-utils librsvg2-bin socat openssl systemd strace sqlite3 libclang-rt-dev man-db
# A bare root may know no name at all; the tests of TLS need one.
PACKAGES_CHECK += $(shell getent hosts localhost >/dev/null 2>&1 || echo libnss-myhostname)
PACKAGES_KERNEL := linux-source-6.1/linux-source flex bison bc gpiod udev patch xz-utils iproute2 e2fsprogs
PACKAGES_ARM := libcmocka-dev mmdebstrap qemu-user-static file gcc-arm-linux-gnueabihf libc6-dev-armhf-cross \
    gcc-aarch64-linux-gnu libc6-dev-arm64-cross
PACKAGES_BENCH := mbpoll mosquitto-clients python3-pymodbus python3-paho-mqtt

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | while IFS=: read -r t d; do printf '  make %-10s%s\n' "$$t" "$$d"; done

demo: ## a kiosk without hardware, step by step: TRADE=vending, parking or transport (KEEP=1 stays open, pictures in build/demo*)
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO)
	@$(MAKE) -s --no-print-directory -j2 STEPS=yes all
	@KIOSK_BUILD=$(OUT) TRADE=$(or $(TRADE),vending) tests/demo.sh

check: ## install what is missing, build, run every test that gates
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_CHECK) $(PACKAGES_KERNEL)
	@/usr/bin/python3 tests/check.py

deps: ## install every Debian package that the other targets use
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_CHECK) $(PACKAGES_KERNEL) $(PACKAGES_BENCH)

tests: $(BUILT) $(UNIT) $(TOOLS) $(BENCH) $(if $(SIM_OBJ),$(OUT)/simulation) ## build programs and tests of this flavour

goldens: $(OUT)/tests/test_goldens $(OUT)/tests/test_pictures ## write the golden pictures of the screen anew; says which have changed
	@for t in $^; do KIOSK_WRITE_GOLDENS=1 $$t >/dev/null 2>&1 || exit 1; done
	@git diff -U0 -- tests/goldens | sed -n 's|^+++ b/tests/goldens/||p; s/^+= /  changed: /p'
	@git status --short -- 'tests/goldens/*.png'

pictures: $(OUT)/kiosk-display ## draw the screens of docs/pictures anew (list.txt there), in English
	@set -e; d=$$(mktemp -d); trap 'rm -rf "$$d"' EXIT; $< --gallery "$$d" --language en; \
	while read -r name from; do cp "$$d/$$from.png" docs/pictures/$$name.png; done <docs/pictures/list.txt
	@git status --short -- docs/pictures

units: $(UNIT) ## build and run the unit tests of this flavour (BUILD=gcc|clang|asan|tsan)
	@set -e; for t in $(UNIT); do echo "# $$t"; $$t; done

FORMATTED := $(shell git ls-files '*.c' '*.h' 2>/dev/null)
format: ## put every C file into the house's shape
	clang-format-19 -i $(FORMATTED)

TIDY_SRC := $(filter-out $(GPIO_OTHER),$(ALL_SRC))
build/tidy/%.ok: %.c .clang-tidy
	@mkdir -p $(@D)
	@clang-tidy --quiet $< -- $(filter-out -fPIE,$(CFLAGS)) -Wno-unknown-warning-option >$@.log 2>&1 || { cat $@.log; exit 1; }
	@mv $@.log $@
tidy: $(patsubst %.c,build/tidy/%.ok,$(TIDY_SRC)) ## clang-tidy on every source

bench: ## latency, backlog, start and idle figures, in one run on this machine
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_BENCH)
	@$(MAKE) -s --no-print-directory -j2 all $(BENCH) $(OUT)/tools/store_fill
	@KIOSK_BUILD=$(OUT) /usr/bin/python3 tests/bench/bench.py

arm: ## build for boards with ARM processors of 32 and 64 bits and run the unit tests emulated
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_ARM)
	@tests/arm.sh

soak: build/soak/simulation build/gcc/kioskd ## simulated payments until SEEDS (default 200000) seeds are done, then CUTS (200) power cuts
	build/soak/simulation --seeds $(or $(SEEDS),200000) --seed $(or $(SEED),1) --progress
	@tests/deps.sh $(PACKAGES_DEMO) $(PACKAGES_CHECK) $(PACKAGES_KERNEL)
	tests/kernel/power_cuts.py $(or $(CUTS),200)

mutants: build/gcc/simulation ## seeded bugs, one at a time: which test catches which; a survivor is a failure
	@tests/deps.sh $(PACKAGES_BUILD) $(PACKAGES_DEMO) $(PACKAGES_CHECK)
	@tests/simulation/mutants.sh 20000
	@/usr/bin/python3 tests/mutants.py

coverage: ## lines and branches of the core and the devices that tests run through; pages in build/coverage
	@tests/deps.sh $(PACKAGES_BUILD) libcmocka-dev gcovr
	@tests/coverage.sh

fuzzers: $(addprefix $(OUT)/fuzz/,$(FUZZ))
fuzz: ## libFuzzer on each of tests/fuzz, SECONDS (default 60) each; what it finds is in build/fuzz/found
	@tests/deps.sh $(PACKAGES_BUILD) clang libclang-rt-dev libcmocka-dev
	@$(MAKE) -s --no-print-directory -j2 BUILD=fuzz fuzzers
	@set -e; for name in $(FUZZ); do tests/fuzz/run.sh $$name $(or $(SECONDS),60); done

install: all ## copy programs, units, man pages (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8 $(DESTDIR)$(PREFIX)/lib/systemd/system \
	    $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d $(DESTDIR)$(PREFIX)/lib/udev/rules.d \
	    $(DESTDIR)$(SYSCONFDIR)/kioskd \
	    $(DESTDIR)$(PREFIX)/share/doc/kioskd/examples/pictures
	install -m 755 $(OUT)/kioskd $(OUT)/kiosk-safe $(OUT)/kiosk-display $(OUT)/kioskctl $(OUT)/kiosk-pay $(OUT)/kiosk-sheet \
	    $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 docs/man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 docs/man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 644 systemd/*.service $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 644 systemd/kioskd.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/kioskd.conf
	install -m 644 systemd/kioskd.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/kioskd.conf
	install -m 644 systemd/*.rules $(DESTDIR)$(PREFIX)/lib/udev/rules.d
	install -m 644 config/examples/*.cfg $(DESTDIR)$(PREFIX)/share/doc/kioskd/examples
	install -m 644 config/examples/pictures/*.png $(DESTDIR)$(PREFIX)/share/doc/kioskd/examples/pictures

clean: ## remove the build folder
	rm -rf build
