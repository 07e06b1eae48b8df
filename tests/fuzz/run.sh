#!/usr/bin/env bash
# Runs each fuzz target for so many seconds, from a copy of its corpus: tests/fuzz/run.sh build/fuzz 60
# What breaks a target is left in build/fuzz/findings; a file worth keeping is moved into the corpus by hand.
set -uo pipefail
cd "$(dirname "$0")/../.."

build=$1
seconds=$2
found=0
mkdir -p "$build/findings"

for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	corpus=$build/corpus/${name#fuzz_}
	rm -rf "$corpus"
	mkdir -p "$corpus"
	cp -r "tests/fuzz/corpus/${name#fuzz_}/." "$corpus"
	if "$build/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 \
		-artifact_prefix="$build/findings/$name-" "$corpus" >"$build/$name.log" 2>&1; then
		echo "ok    $name $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") runs"
	else
		tail -n 60 "$build/$name.log"
		echo "FAIL  $name"
		found=1
	fi
done
exit $found
