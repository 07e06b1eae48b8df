#!/usr/bin/env bash
# The pages' modules are sound as TypeScript reads them.
set -uo pipefail

[ -f kiosk/pages/tsconfig.json ] || { echo "kiosk/pages/tsconfig.json: is missing" && exit 1; }
[ -x kiosk/pages/node_modules/.bin/tsc ] || { echo "kiosk/pages/package.json: typescript is not installed" && exit 1; }
kiosk/pages/node_modules/.bin/tsc --pretty false --project kiosk/pages/tsconfig.json --checkJs
