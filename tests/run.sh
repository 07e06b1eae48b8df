#!/usr/bin/env bash
# Runs every test that was built and every test that node runs, two programs at a time (JOBS), and counts.
#
#   tests/run.sh build [PATTERN...]      build/asan for the instrumented flavour; patterns select programs by name
#
# A program prints TAP; a test that is skipped or only planned counts as failed, and so does a program that ends badly or
# ran no test. What a program printed is shown when it failed. Sanitizers write to files, so that a report of a process
# nobody waited for is not lost.
set -uo pipefail
cd "$(dirname "$0")/.."

BUILD=$1
shift
PROGRAM_SECONDS_MAX=${PROGRAM_SECONDS_MAX:-1200}
JOBS=${JOBS:-2}
alone=no

all=$(mktemp -d)
work=$all # each program has a folder of its own in there
trap 'rm -rf "$all"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; wait; exit 130' INT TERM

export VAXLINE=$PWD/$BUILD/vaxline VAXLINE_TESTS=$PWD/$BUILD/tests
for helper in "$BUILD"/tests/*; do
	if [ -f "$helper" ] && [ -x "$helper" ]; then
		name=${helper##*/}
		export "VAXLINE_${name^^}=$PWD/$helper"
	fi
done
export CMOCKA_MESSAGE_OUTPUT=TAP
export LSAN_OPTIONS=print_suppressions=0

selected() {
	local name=$1 pattern
	shift
	[ $# -gt 0 ] || return 0
	for pattern in "$@"; do
		# shellcheck disable=SC2053
		if [[ $name == *$pattern* ]]; then return 0; fi
	done
	return 1
}

# How many lines of the program's TAP match.
count() { grep -cE "$1" "$work/tap"; }

# tally NAME: node sums up itself; of a C program the lines count.
tally() {
	if grep -qE "^ok 1 - .*/${1##*/}\$" "$work/tap" && grep -qx '# tests 1' "$work/tap"; then
		good=0 # an empty file stands for itself
		bad=0
	elif grep -q '^# tests [0-9]' "$work/tap"; then
		good=$(sed -n 's/^# pass //p' "$work/tap")
		bad=$(awk '/^# (fail|cancelled|skipped|todo) / {n += $3} END {print n + 0}' "$work/tap")
	else
		good=$(grep -E '^ok ' "$work/tap" | grep -cviE '# *(skip|todo)')
		bad=$(($(count '^not ok ') + $(grep -E '^ok ' "$work/tap" | grep -ciE '# *(skip|todo)')))
	fi
}

# program NAME COMMAND...: runs it, counts, and prints one line, after the whole output where it failed.
program() {
	local name=$1 status start=$SECONDS reports=
	shift
	export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:exitcode=99:log_path=$work/sanitizer
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:log_path=$work/sanitizer
	: >"$work/tap"
	timeout -k 10 "$PROGRAM_SECONDS_MAX" "$@" >"$work/out" 2>&1 </dev/null &
	trap 'kill $!' TERM
	wait $!
	status=$?
	[ -s "$work/tap" ] || cp "$work/out" "$work/tap"
	tally "$name"
	[ $status -ne 124 ] && [ $status -ne 137 ] || echo "killed after $PROGRAM_SECONDS_MAX seconds" >>"$work/out"
	if compgen -G "$work/sanitizer*" >/dev/null; then
		cat "$work"/sanitizer* >>"$work/out"
		rm -f "$work"/sanitizer*
		reports=", sanitizer reports"
	fi
	if [ $((good + bad)) -eq 0 ]; then echo "it ran no test" >>"$work/out"; fi
	if [ "$bad" -eq 0 ] && { [ $status -ne 0 ] || [ -n "$reports" ] || [ "$good" -eq 0 ]; }; then bad=1; fi
	echo "$good $bad" >"$work/tally"
	{
		flock 9 # what one program says stands together
		if [ "$bad" -eq 0 ]; then
			printf 'ok    %-40s %4d tests %4d s\n' "$name" "$good" $((SECONDS - start))
		else
			cat "$work/out"
			printf 'FAIL  %-40s %4d of %d tests failed, exit %d%s\n' "$name" "$bad" $((good + bad)) $status "$reports"
		fi
	} 9>"$all/lock"
}

# Begins a program as soon as there is room for one more; what is about the room on the disk has it for itself. TAP stands
# for the file that its TAP goes to.
begin() {
	local room=$JOBS
	if [[ $alone == yes || $1 == *disk* || $1 == *storage* ]]; then room=1; fi
	while [ "$(jobs -rp | wc -l)" -ge "$room" ]; do wait -n; done
	alone=no
	if [[ $1 == *disk* || $1 == *storage* ]]; then alone=yes; fi
	work=$(mktemp -d "$all/XXXXXX")
	program "${@//TAP/$work/tap}" &
}

for source in tests/unit/*_test.c tests/golden/*_test.c tests/model/*_test.c tests/journal/*_test.c tests/api/*_test.c; do
	[ -e "$source" ] || continue
	name=${source#tests/}
	name=${name%.c}
	selected "$name" "$@" && begin "$name" "$BUILD/tests/$name"
done

for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	name=${source##*/}
	name=${name%.c}
	selected "$name" "$@" && begin "fuzz/$name" "$BUILD/tests/$name" "tests/fuzz/corpus/${name#fuzz_}"
done

for source in tests/{unit,journal,api,faults,screens}/*.test.mjs; do
	[ -e "$source" ] || continue
	name=${source#tests/}
	selected "$name" "$@" && begin "$name" node --test --test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination=TAP "$source"
done

wait
passed=$(cat "$all"/*/tally 2>/dev/null | awk '{n += $1} END {print n + 0}')
failed=$(cat "$all"/*/tally 2>/dev/null | awk '{n += $2} END {print n + 0}')
begun=$(find "$all" -mindepth 1 -maxdepth 1 -type d | wc -l)
ended=$(find "$all" -mindepth 2 -maxdepth 2 -name tally | wc -l)
[ "$begun" -eq "$ended" ] || failed=$((failed + begun - ended)) # one that said nothing has failed
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
