#!/usr/bin/env bash
# The core calls itself and the memory and string functions of libc, and nothing else: no I/O, no clock, no log.
set -uo pipefail

# uthash calls exit when there is no memory.
MEMORY='malloc|calloc|realloc|free|abort|exit|__assert_fail|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
STRINGS='mem(cpy|move|set|cmp|chr)|str(len|nlen|cmp|ncmp|chr|rchr|str|cpy|ncpy|spn|cspn|toll?|toull?)|v?snprintf'
TABLES='qsort|bsearch'

objects=$(find server/core -name '*.c' | sed "s|.*|$1/obj/&|; s|c$|o|")
[ -n "$objects" ] || { echo "server/core: is empty" && exit 1; }
# shellcheck disable=SC2086
ls $objects >/dev/null || exit 1

# shellcheck disable=SC2086
called=$(nm -A -u $objects | awk '{sub(/:$/, "", $1); print $NF, $1}' |
	grep -vE "^(__)?($MEMORY|$STRINGS|$TABLES)(_chk)? ")
# shellcheck disable=SC2086
own=$(nm --defined-only -g $objects | awk 'NF == 3 {print $3}' | sort -u)

status=0
while read -r symbol object; do
	[ -n "$symbol" ] || continue
	grep -qxF "$symbol" <<<"$own" && continue
	source=${object#"$1"/obj/}
	source=${source%%:*}
	source=${source%.o}.c
	line=$(grep -nwF "${symbol#__}" "$source" | head -n 1 | cut -d: -f1)
	echo "$source:${line:-1}: the core calls $symbol"
	status=1
done <<<"$called"
exit $status
