#!/usr/bin/env bash
# Gets what is missing, builds everything and runs all tests: bash tests/run.sh [CTEST ARGUMENT…]
# First the core under AddressSanitizer + UBSan and under ThreadSanitizer, then everything as released, whose summary comes last.
# FORKLIGHT_SANITIZERS="" leaves the first part out, "tsan" takes one. The exit status is non-zero if anything failed.
set -euo pipefail

cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. app/packages.sh
. app/build.sh

# Real processes on a shared machine: what waited too long once is asked again before it counts as failed.
processors=$(nproc)
# Most tests wait for processes that wait: two a processor.
ctest_options=(--output-on-failure --timeout 120 --repeat until-pass:3 -j"$((2 * processors))")
[ $# -eq 0 ] && ctest_options+=(--no-tests=error) # a choice of tests may well leave none to the sanitizers

# ThreadSanitizer of GCC 12 cannot place its shadow under the address randomisation of newer kernels.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

# run_sanitized PRESET [CTEST ARGUMENT…]: the core's tests; their summary is said in one line.
run_sanitized() {
  local preset=$1
  shift
  build "build/$preset" "$preset" || { say "$preset: could not be built"; return 1; }
  local log="build/$preset/ctest.log" launcher=()
  # A lesson process with a feeder thread forks, as Python's does: ThreadSanitizer would end such a child unasked.
  [ "$preset" = tsan ] && launcher=("${fixed_addresses[@]}" env TSAN_OPTIONS=die_after_fork=0)
  say "running the core's tests under $preset"
  if ! "${launcher[@]}" ctest --test-dir "build/$preset" "${ctest_options[@]}" -L core "$@" >"$log" 2>&1; then
    grep -vE '^ *([0-9]+/[0-9]+ Test .* Passed|Start +[0-9]+:)' "$log" || true
    say "$preset: tests failed (above)"
    return 1
  fi
  say "$preset: $(grep -E 'tests passed' "$log" || echo 'none of these tests')"
}

ensure_packages "${forklight_build_packages[@]}" "${forklight_test_packages[@]}"
status=0
for preset in ${FORKLIGHT_SANITIZERS-asan tsan}; do
  run_sanitized "$preset" "$@" || status=1
done
build build/release release || fail "it could not be built: what stood in the way is above."
ctest --test-dir build/release "${ctest_options[@]}" "$@" || status=1
exit "$status"
