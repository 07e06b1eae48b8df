#!/usr/bin/env bash
# C sources are as clang-format makes them; `make format` brings them there.
set -uo pipefail

clang_format=$(command -v clang-format-14 || command -v clang-format-19 || command -v clang-format) || exit 1
wrong=$(find include server tests -name '*.[ch]' -print0 | xargs -0 "$clang_format" --dry-run 2>&1 |
	sed -nE 's/^([^ :]+:[0-9]+):.*clang-formatted.*/\1: not as clang-format makes it; make format mends it/p' | sort -uV)
[ -z "$wrong" ] || { echo "$wrong" && exit 1; }
