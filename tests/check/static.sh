#!/usr/bin/env bash
# clang-tidy over the server, with the checks of .clang-tidy. For the way to a finding, run it on that file alone.
set -uo pipefail

tidy=$(command -v clang-tidy-14 || command -v clang-tidy-19 || command -v clang-tidy) || exit 1
export CPPFLAGS="-isystem tests/check/analyser $CPPFLAGS -DVAXLINE_VERSION=\"\""

# Each file's findings without the long way to them; where there is none, that it failed at all.
# shellcheck disable=SC2016
found=$(find server -name '*.c' -print0 | sort -z | xargs -0 -P "$(nproc)" -I{} \
	sh -c 'out=$("$0" --quiet "$1" -- $CPPFLAGS 2>/dev/null) || echo "${out:-$1:1: error: clang-tidy fails}"' "$tidy" {})
[ -z "$found" ] || { grep -E ' (error|warning): ' <<<"$found" | sed "s|^$PWD/||" | sort -uV && exit 1; }
