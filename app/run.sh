#!/usr/bin/env bash
# Gets what is missing, builds Forklight and starts it with the given arguments: bash app/run.sh [ARGUMENT…]
# What the script itself has to say goes to stderr; stdout and the exit status are Forklight's.
set -euo pipefail

start=$PWD
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. app/packages.sh
. app/build.sh

ensure_packages "${forklight_build_packages[@]}"
build build/release-app release -DFORKLIGHT_TESTS=OFF || fail "it could not be built: what stood in the way is above."
program=$PWD/build/release-app/bin/forklight
cd "$start" # file names among the arguments are the caller's
exec "$program" "$@"
