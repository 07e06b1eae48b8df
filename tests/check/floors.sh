#!/usr/bin/env bash
# A file includes only what lies on its own floor or below:
#
#   main
#   api
#   app                       and whatever else stands in server/ itself
#   journal  http  trust      siblings, never each other
#   base                      loop and log
#   codec
#   core                      libc for memory and strings, uthash
#
# and each library is known to the floors that exist to hide it.
set -uo pipefail

status=0
wrong() {
	echo "$1: $2"
	status=1
}

# The floor of a file; empty where it has none.
floor_of() {
	case $1 in
	include/*)
		case ${1#include/} in
		site.h | event.h | command.h | verdict.h | rules.h | names.h | visit.h | queue.h | desk.h | alert.h | forecast.h)
			floor=core ;;
		buf.h | bytes.h | json.h | file.h | problem.h | qr.h | codec.h | roster.h | staff.h | metrics.h) floor=codec ;;
		loop.h | log.h) floor=base ;;
		journal.h) floor=journal ;;
		http.h) floor=http ;;
		trust.h | certificate.h) floor=trust ;;
		app.h) floor=app ;;
		api.h) floor=api ;;
		*) floor= ;;
		esac ;;
	server/core/* | server/codec/* | server/journal/* | server/http/* | server/trust/* | server/api/*)
		floor=${1#server/}
		floor=${floor%%/*} ;;
	server/loop*.[ch] | server/log.c) floor=base ;;
	server/main.c | server/cmd*.[ch]) floor=main ;;
	server/*/*) floor= ;;
	server/*) floor=app ;;
	*) floor= ;;
	esac
}

# What a floor may use.
below() {
	case $1 in
	core) floors=" core " ;;
	codec) floors=" core codec " ;;
	base) floors=" core codec base " ;;
	journal | http | trust) floors=" core codec base $1 " ;;
	app) floors=" core codec base journal http trust app " ;;
	api) floors=" core codec base journal http trust app api " ;;
	main) floors=" core codec base journal http trust app api main " ;;
	esac
}

# The floors that may name a library; libc and uthash are for all, but the core takes only this much of libc, and of
# <stdio.h> no more than snprintf, which purity.sh proves.
users_of() {
	case $1 in
	cjson/* | cJSON.h | qrencode.h | png.h | csv.h | iconv.h) users=" codec " ;;
	event2/* | event.h | evhttp.h) users=" base journal http " ;;
	hiredis/* | hiredis.h | async.h) users=" journal " ;;
	sodium.h | sodium/*) users=" trust " ;;
	llhttp.h) users=" http " ;;
	openssl/*) users=" http trust " ;; # the connection; certificates
	assert.h | endian.h | inttypes.h | limits.h | std*.h | string.h | ut*.h)
		users=" core codec base journal http trust app api main " ;;
	*) users=" codec base journal http trust app api main " ;;
	esac
}

# Where a quoted name is found, as the compiler looks for it.
resolve() {
	local dir=${1%/*}
	for target in "$dir/$2" "include/$2" "server/$2" ""; do
		[ -z "$target" ] || [ ! -e "$target" ] || break
	done
	while [[ $target =~ ^(.*/)?[^/.]+/\.\./(.*)$ ]]; do target=${BASH_REMATCH[1]}${BASH_REMATCH[2]}; done
}

check_quoted() {
	local at=$1 file=$2 name=$3 from=$4
	resolve "$file" "$name"
	if [ -z "$target" ]; then
		wrong "$at" "\"$name\" stands neither beside this file nor in include/ nor in server/"
		return
	fi
	floor_of "$target"
	if [ -z "$floor" ]; then
		wrong "$at" "$target has no floor; give it one in tests/check/floors.sh"
	elif [[ $floors != *" $floor "* ]]; then
		wrong "$at" "$from may not include $target, which is $floor"
	elif [[ $target == server/*/* && ${target%/*} != "${file%/*}" ]]; then
		wrong "$at" "$target is private to its folder"
	fi
}

check_library() {
	users_of "$3"
	[[ $users == *" $4 "* ]] || wrong "$1" "$4 may not include <$3>"
}

# "Headers name no type of a library", told by the names that remain without comments.
check_names() {
	local found
	found=$(gcc -fpreprocessed -dD -E -P "$1" 2>/dev/null |
		grep -oE '\b(event_base|bufferevent|evbuffer|evconnlistener|evhttp|redis[A-Z]\w*|cJSON|llhttp_\w+|png_\w+|QRcode)\b' |
		sort -u | tr '\n' ' ')
	[ -z "$found" ] || wrong "$1:1" "names ${found% }, a library's"
}

while IFS=: read -r file line text; do
	floor_of "$file"
	own=$floor
	[ -n "$own" ] || continue
	below "$own"
	if [[ $text =~ \"([^\"]+)\" ]]; then
		check_quoted "$file:$line" "$file" "${BASH_REMATCH[1]}" "$own"
	elif [[ $text =~ \<([^>]+)\> ]]; then
		if [[ $file == include/* ]]; then
			case ${BASH_REMATCH[1]} in
			std*.h | inttypes.h | limits.h | string.h | endian.h | ut*.h) ;;
			*) wrong "$file:$line" "a public header may not include <${BASH_REMATCH[1]}>" ;;
			esac
		else
			check_library "$file:$line" "$file" "${BASH_REMATCH[1]}" "$own"
		fi
	else
		wrong "$file:$line" "an include that cannot be read: $text"
	fi
done < <(find include server -name '*.[ch]' -print0 | sort -z | xargs -0 grep -nHE '^[[:space:]]*#[[:space:]]*include')

while read -r file; do
	floor_of "$file"
	[ -n "$floor" ] || wrong "$file:1" "this file has no floor; give it one in tests/check/floors.sh"
	[[ $file != include/* ]] || check_names "$file"
done < <(find include server -name '*.[ch]' | sort)
exit $status
