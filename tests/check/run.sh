#!/usr/bin/env bash
# Runs every check of this folder, the one after the other, and shows what those that fail have to say.
#
#   tests/check/run.sh build      `make check` calls it, with CC, CPPFLAGS and WARNINGS as the build uses them
#
# A check is a script that prints what is wrong as file:line: text, and ends with 1.
set -uo pipefail
cd "$(dirname "$0")/../.."

failed=0
for check in top format floors headers purity state static types; do
	start=$SECONDS
	if output=$("tests/check/$check.sh" "$1" 2>&1); then
		printf 'ok    %-10s %3d s\n' $check $((SECONDS - start))
	else
		printf '%s\n' "$output"
		printf 'FAIL  %-10s %3d s\n' $check $((SECONDS - start))
		failed=$((failed + 1))
	fi
done
[ $failed -eq 0 ]
