#!/usr/bin/env bash
# The top level holds what the house needs and nothing else but dot-files and build/.
set -uo pipefail

status=0
for entry in *; do
	case $entry in
	include | server | kiosk | config | tests | build) ;;
	Makefile | README.md | LICENSE) ;;
	*) echo "$entry: does not belong at the top level" && status=1 ;;
	esac
done
exit $status
