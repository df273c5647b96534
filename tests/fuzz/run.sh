#!/bin/sh
# One fuzzer for a while: tests/fuzz/run.sh NAME [SECONDS]. Starts from tests/fuzz/corpus/NAME; what it learns stays in
# build/fuzz/corpus/NAME, an input that breaks something in build/fuzz/found. The program: make BUILD=fuzz fuzzers.
set -eu
name=$1 seconds=${2:-60}
cd "$(dirname "$0")/../.."
mkdir -p "build/fuzz/corpus/$name" build/fuzz/found "tests/fuzz/corpus/$name"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
TMPDIR=$work "build/fuzz/fuzz/$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name-" "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"$work/log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
    tail -n 60 "$work/log"
    exit 1
fi
echo "fuzz $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs in $seconds s, nothing found"
