#!/bin/sh
# Lines and branches of the core and the device kinds that the unit tests and the simulation run through:
# tests/coverage.sh [--gate]. Prints what is missing, file by file; the pages are in build/coverage. --gate: fails below 100 %.
# Left out: assert() (a branch that must never be taken) and the lines marked "never:" with their reason (listed at the end).
set -eu
cd "$(dirname "$0")/.."
find build/cov -name '*.gcda' -delete
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in build/cov/tests/test_core_* build/cov/tests/test_device_* build/cov/tests/test_payment_*; do
    [ -x "$test" ] || continue
    "$test" >"$log" 2>&1 || { cat "$log"; exit 1; }
done
build/cov/simulation --seeds 1000 --seed 1 >"$log" || { cat "$log"; exit 1; }
mkdir -p build/coverage
# gcovr, by Debian: the same options from 5.2 (Debian 12) on.
gcovr --root . --object-directory build/cov --filter controller/core --filter controller/device/ --filter 'controller/payment\.c' \
    --exclude-lines-by-pattern '.*(\bassert\(|/\* never: ).*' --exclude-branches-by-pattern '.*(\bassert\(|/\* never: ).*' \
    --json build/coverage/core.json --html-details build/coverage/index.html
report() { gcovr --root . --add-tracefile build/coverage/core.json "$@"; }
report | grep -v ' 100% *$'
report --branches | grep -v ' 100% *$'
echo "Left out, and why:"
grep -rn '/\* never: ' controller/core*.c controller/device/*.c controller/payment.c || echo "nothing but assert()"
[ "${1:-}" != --gate ] || report --fail-under-line 100 --fail-under-branch 100 >/dev/null
