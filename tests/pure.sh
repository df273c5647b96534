#!/bin/sh
# The core and the devices are pure: their objects may call only what is listed here, and have no writable data.
# usage: tests/pure.sh [BUILD]      (gcc by default; objects in build/BUILD must exist, or make builds them)
set -eu
build=${1:-gcc}
cd "$(dirname "$0")/.."
allowed='memcpy memmove memset memcmp strcmp strncmp strlen strchr strnlen __assert_fail
__memcpy_chk __memmove_chk __memset_chk __stack_chk_fail _GLOBAL_OFFSET_TABLE_'
case $build in
asan) instrumented='^(__asan_|__ubsan_|__sanitizer_)' ;;
tsan) instrumented='^__tsan_' ;;
cov) instrumented='^(__gcov_|mcount)' ;;
*) instrumented='^$' ;;
esac

objects=
for source in controller/core*.c controller/device/*.c controller/payment.c controller/codes.c; do
    objects="$objects build/$build/${source%.c}.o"
done
# shellcheck disable=SC2086 # the list is made of our own file names
make -s BUILD="$build" $objects

defined=$(mktemp)
trap 'rm -f "$defined"' EXIT
# shellcheck disable=SC2086
nm --defined-only $objects | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' >"$defined"
# What one pure object offers another may use; config_limit_ms is pure too (config/limits.c).
echo config_limit_ms >>"$defined"

bad=0
for object in $objects; do
    for symbol in $(nm --undefined-only "$object" | awk '{ print $NF }'); do
        if echo "$allowed" | tr ' ' '\n' | grep -qxF "$symbol" || grep -qxF "$symbol" "$defined"; then
            continue
        fi
        if printf '%s\n' "$symbol" | grep -qE "$instrumented"; then
            continue
        fi
        echo "pure: $object uses $symbol" >&2
        bad=1
    done
    # Instrumented objects carry the sanitizer's own tables.
    [ "$instrumented" = '^$' ] || continue
    for section in $(size -A "$object" | awk '($1 ~ /^\.(bss|data|tbss|tdata)($|\.)/ && $1 !~ /^\.data\.rel\.ro/) && $2 > 0 { print $1 "=" $2 }'); do
        echo "pure: $object has writable data: $section bytes" >&2
        bad=1
    done
done
[ $bad -eq 0 ] && echo "pure: $(echo "$objects" | wc -w) objects of $build call nothing but each other and memory"
exit $bad
