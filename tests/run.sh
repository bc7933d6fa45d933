#!/usr/bin/env bash
# Gets what is missing, builds everything and runs all tests: bash tests/run.sh [CTEST ARGUMENT…]
# First the core under AddressSanitizer + UBSan and under ThreadSanitizer, then everything as released; at the end, again, what failed anywhere.
# FORKLIGHT_SANITIZERS="" leaves the first part out, "tsan" takes one. The exit status is non-zero if anything failed.
set -euo pipefail

cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
. app/packages.sh
. app/build.sh

# Most tests wait for processes that wait: two a processor.
processors=$(nproc)
ctest_options=(--output-on-failure --timeout 120 --repeat until-pass:3 -j"$((2 * processors))")
[ $# -eq 0 ] && ctest_options+=(--no-tests=error) # a choice of tests may well leave none to the sanitizers

# tested DIRECTORY LAUNCHER… -- [CTEST ARGUMENT…]: prints what the tests say; false if any failed.
# Real processes on a shared machine: what waited too long is asked again, and at last by itself, before it counts as failed.
tested() {
  local directory=$1 launcher=() count
  shift
  while [ "$1" != -- ]; do launcher+=("$1"); shift; done
  shift
  "${launcher[@]}" ctest --test-dir "$directory" "${ctest_options[@]}" "$@" && return
  count=$(wc -l <"$directory/Testing/Temporary/LastTestsFailed.log" 2>/dev/null || echo 0)
  { [ "$count" -gt 0 ] && [ "$count" -le 10 ]; } || return 1
  echo "$count failed beside others; now by themselves:"
  "${launcher[@]}" ctest --test-dir "$directory" --rerun-failed "${ctest_options[@]}" -j1
}

# ThreadSanitizer of GCC 12 cannot place its shadow under the address randomisation of newer kernels.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

# run_sanitized PRESET [CTEST ARGUMENT…]: the core's tests; their summary is said in one line.
run_sanitized() {
  local preset=$1
  shift
  rm -f "build/$preset/ctest.log"
  build "build/$preset" "$preset" || { say "$preset: could not be built"; return 1; }
  local log="build/$preset/ctest.log" launcher=()
  # A lesson process with a feeder thread forks, as Python's does: ThreadSanitizer would end such a child unasked.
  [ "$preset" = tsan ] && launcher=("${fixed_addresses[@]}" env TSAN_OPTIONS=die_after_fork=0)
  say "running the core's tests under $preset"
  if ! tested "build/$preset" "${launcher[@]}" -- -L core "$@" >"$log" 2>&1; then
    say "$preset: tests failed (what they say comes last)"
    return 1
  fi
  say "$preset: $(grep -E 'tests passed|by themselves|^ +[0-9]+ - ' "$log" || echo 'none of these tests')"
}

# what_failed LOG: what tests said that failed, and their names; those lines are left out that say that all is well.
what_failed() { [ ! -f "$1" ] || grep -vE '^ *([0-9]+/[0-9]+ Test .* Passed|Start +[0-9]+:|Test +#[0-9]+: .* Passed)|^ *$' "$1" | tail -n 150 || true; }

ensure_packages "${forklight_build_packages[@]}" "${forklight_test_packages[@]}"
failed=()
for preset in ${FORKLIGHT_SANITIZERS-asan tsan}; do
  run_sanitized "$preset" "$@" || failed+=("$preset")
done
build build/release release || fail "it could not be built: what stood in the way is above."
log=build/release/ctest.log
tested build/release -- "$@" 2>&1 | tee "$log" | grep --line-buffered -v '^ *Start *[0-9]*: ' ||
  [ "${PIPESTATUS[0]}" -eq 0 ] || failed+=(release)
for preset in "${failed[@]}"; do
  echo "Forklight: $preset: failed"
  what_failed "build/$preset/ctest.log"
done
[ ${#failed[@]} -eq 0 ]
