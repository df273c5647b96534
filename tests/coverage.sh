#!/bin/sh
# Lines and branches of the core and the device kinds that the unit tests and the simulation run through:
# tests/coverage.sh [--gate]. Builds what it needs, prints what is missing, file by file, and the sums; the pages are in
# build/coverage. --gate: fails below 100 %.
# Left out: assert() (a branch that must never be taken) and the lines marked "never:" with their reason (listed at the end).
set -eu
cd "$(dirname "$0")/.."
measured='controller/core*.c controller/device/*.c controller/payment.c'
tests=$(find tests/unit -name 'test_core_*.c' -o -name 'test_device_*.c' | sed 's,^tests/unit/\(.*\)\.c$,build/cov/tests/\1,' | sort)
# shellcheck disable=SC2086 # names without spaces
make -s --no-print-directory -j2 BUILD=cov $tests build/cov/simulation
find build/cov -name '*.gcda' -delete
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in $tests; do
    "$test" >"$log" 2>&1 || { cat "$log"; exit 1; }
done
build/cov/simulation --seeds 1000 --seed 1 >"$log" || { cat "$log"; exit 1; }
mkdir -p build/coverage
# gcovr, by Debian: the same options from 5.2 (Debian 12) on.
gcovr --root . --object-directory build/cov --filter controller/core --filter controller/device/ --filter 'controller/payment\.c' \
    --exclude-lines-by-pattern '.*(\bassert\(|/\* never: ).*' --exclude-branches-by-pattern '.*(\bassert\(|/\* never: ).*' \
    --json build/coverage/core.json --html-details build/coverage/index.html
report() { gcovr --root . --add-tracefile build/coverage/core.json "$@"; }
missing() { grep '^controller/' | grep -v ' 100% *$' || true; }
report | missing
report --branches | missing
report --print-summary | grep -E '^(lines|branches): ' | tee "$log"
echo "Left out, and why:"
# shellcheck disable=SC2086
echo "$(cat $measured | grep -c '\bassert(') lines with assert(): a branch that must never be taken"
# shellcheck disable=SC2086
grep -n '/\* never: ' $measured || true
# gcovr's own --fail-under-* rounds to tenths of a percent: one line of ten thousand would pass.
[ "${1:-}" != --gate ] || tr -d '()' <"$log" | awk '$3 != $6 { bad = 1 } END { exit bad || NR != 2 }'
