# shellcheck shell=bash
# Sourced by app/run.sh and tests/run.sh, after app/packages.sh: configures and builds quietly.

# quietly LOG COMMAND…: shows the command's output only if it fails; from the first error on where there is one.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null && return
  local from
  from=$(grep -n -m 1 -E '^(FAILED:|CMake Error)' "$log" | cut -d: -f1 || true)
  tail -n "+${from:-1}" "$log" | head -n 80 >&2
  return 1
}

# build DIRECTORY PRESET [CMAKE OPTION…]: false if it fails, after showing why.
build() {
  local directory=$1 preset=$2
  shift 2
  mkdir -p "$directory" || return 1
  (
    # Two at once would tread on each other. The lock goes with this subshell.
    if command -v flock >/dev/null; then
      exec 9>"$directory/.lock"
      flock 9
    fi
    local fresh=()
    if [ -f "$directory/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$directory/CMakeCache.txt"; then
      fresh=(--fresh) # the tree was moved or copied here
      rm -f "$directory/build.ninja"
    fi
    if [ ! -f "$directory/build.ninja" ]; then
      say "configuring $directory"
      quietly "$directory/configure.log" cmake "${fresh[@]}" --preset "$preset" -B "$directory" "$@" || exit 1
    fi
    local plan
    plan=$(ninja -C "$directory" -n 2>/dev/null || true)
    if [[ $plan != *'no work to do'* ]]; then
      say "building $directory"
      quietly "$directory/build.log" ninja -C "$directory" || exit 1
    fi
  )
}
