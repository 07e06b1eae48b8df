#!/usr/bin/env bash
# Every header compiles alone, and twice.
set -uo pipefail

status=0
while read -r header; do
	# shellcheck disable=SC2086
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		$CC $CPPFLAGS $WARNINGS -I. -fsyntax-only -x c - || status=1
done < <(find include server tests -name '*.h' | sort)
exit $status
