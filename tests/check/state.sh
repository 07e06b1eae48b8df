#!/usr/bin/env bash
# No file of the server has a variable of its own that can change: all state hangs off a site or a server.
set -uo pipefail

find server -name '*.c' | sed "s|.*|$1/obj/&|; s|c$|o|" | xargs ls >/dev/null || exit 1

status=0
while IFS='|' read -r name object; do
	source=${object#"$1"/obj/}
	source=${source%.o}.c
	line=$(grep -nwF "${name%%.*}" "$source" | head -n 1 | cut -d: -f1)
	echo "$source:${line:-1}: ${name%%.*} is state outside of any object"
	status=1
done < <(find server -name '*.c' | sort | while read -r source; do
	object=$1/obj/${source%.c}.o
	nm -f sysv "$object" | awk -F'|' -v object="$object" '
		NF == 7 && $4 ~ /OBJECT|TLS/ {
			gsub(/ /, "", $1); gsub(/ /, "", $7)
			if ($7 ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/)
				print $1 "|" object
		}'
done)
exit $status
