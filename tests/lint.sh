#!/bin/sh
# The gates that read the source: tests/lint.sh cppcheck | format | shellcheck | sizes
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
    if [ "$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')" != 14 ]; then
        echo "SKIP: the house's shape is that of clang-format 14 (Debian 12); this one is $(clang-format --version)"
        exit 0
    fi
    # shellcheck disable=SC2046
    clang-format --dry-run --Werror $(sources)
    ;;
shellcheck)
    # shellcheck disable=SC2046
    shellcheck $(scripts)
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
*)
    echo "usage: tests/lint.sh cppcheck | format | shellcheck | sizes" >&2
    exit 2
    ;;
esac
