#!/bin/sh
# The gates that read the source: tests/lint.sh cppcheck | format | shellcheck | sizes | man
set -eu
cd "$(dirname "$0")/.."

sources() { find common config controller display hal tests -name '*.c' -o -name '*.h' | sort; }
scripts() { find tests .ci -type f \( -name '*.sh' -o -path '.ci/run' \) | sort; }

case "${1:-}" in
cppcheck)
    # shellcheck disable=SC2046 # names without spaces
    cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 --enable=warning,performance,portability \
        --suppress=missingIncludeSystem --suppress=checkersReport --suppress=normalCheckLevelMaxBranches -I. -j2 \
        -DKIOSK_VERSION='""' \
        --include=tests/cppcheck.h \
        common config controller display hal
    ;;
format)
    # shellcheck disable=SC2046
    clang-format-19 --dry-run --Werror $(sources)
    ;;
shellcheck)
    # SC2317, SC2329: it takes what a trap calls for unused.
    # shellcheck disable=SC2046
    shellcheck --exclude=SC2317,SC2329 $(scripts)
    ;;
sizes)
    long=$(find common config controller display hal tests systemd Makefile \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \
        -o -name Makefile \) -print0 | xargs -0 wc -l | awk '$2 != "total" && $1 > 400')
    [ -z "$long" ] || { echo "over 400 lines:"; echo "$long"; exit 1; }
    # A function body in this house's shape begins with "{" and ends with "}" in the first column.
    find common config controller display hal -name '*.c' -print0 | xargs -0 awk '
        FNR == 1 { start = 0 }
        /^\{/ { start = FNR }
        /^\}/ { if (start && FNR - start - 1 > 60) { print FILENAME ":" start ": a body of " FNR - start - 1 " lines"; bad = 1 } start = 0 }
        END { exit bad }'
    ;;
man)
    bad=0
    for page in docs/man/*.[1-9]; do
        said=$(LC_ALL=C.UTF-8 MANWIDTH=100 man -l --warnings "$page" 2>&1 >/dev/null) || bad=1
        [ -z "$said" ] || { echo "$page: $said"; bad=1; }
    done
    exit $bad
    ;;
*)
    echo "usage: tests/lint.sh cppcheck | format | shellcheck | sizes | man" >&2
    exit 2
    ;;
esac
