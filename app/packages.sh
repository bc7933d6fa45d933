# shellcheck shell=bash
# shellcheck disable=SC2034 # the lists are for those who source this
# Sourced by app/run.sh and tests/run.sh: which Debian packages are needed, and getting those that are missing.

forklight_build_packages=(
  cmake ninja-build g++ pkg-config git ca-certificates
  libglfw3-dev libimgui-dev libstb-dev python3-glad libfreetype-dev libgl-dev libegl-dev libfontconfig-dev libcairo2-dev
  nlohmann-json3-dev libsqlite3-dev libcli11-dev libfmt-dev
  fonts-inter fonts-jetbrains-mono fonts-noto-cjk libgl1 libegl1 libgl1-mesa-dri
)
forklight_test_packages=(doctest-dev libbenchmark-dev ffmpeg librsvg2-bin poppler-utils xvfb xdotool xauth python3 procps)

# All of the scripts' own words go to stderr: stdout belongs to the program that they run.
say() { printf 'Forklight: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

# missing_packages NAME…: those that are not installed, one a line.
missing_packages() {
  local installed
  # shellcheck disable=SC2016 # the format is dpkg-query's, not the shell's
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p' || true)
  printf '%s\n' "$@" | grep -vxF -e "${installed:-(none)}" || true
}

# Whether apt could install a package. No `| grep -q` here: it leaves early, and pipefail takes the other's SIGPIPE for a "no".
has_candidate() {
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null || true)
  [[ $policy == *'Candidate: '* && $policy != *'Candidate: (none)'* ]]
}

# Without apt we can only look whether somebody else has put the tools and libraries there.
check_without_apt() {
  local wanting=() tool module
  for tool in cmake ninja c++ pkg-config glad; do command -v "$tool" >/dev/null || wanting+=("$tool"); done
  for module in sqlite3 cairo freetype2 fontconfig egl; do
    pkg-config --exists "$module" 2>/dev/null || wanting+=("$module (library and headers)")
  done
  [ ${#wanting[@]} -eq 0 ] && return
  say "this is no Debian or Ubuntu, so nothing is installed by itself. Needed are: CMake, Ninja, a C++20 compiler," \
    "pkg-config, git, glad 2 (Python), GLFW 3, Dear ImGui, FreeType, OpenGL, EGL, fontconfig, Cairo, nlohmann-json, SQLite 3," \
    "CLI11 and fmt; for the tests doctest, Google Benchmark, Xvfb, xdotool and Python 3."
  local list
  printf -v list '%s, ' "${wanting[@]}"
  fail "not found: ${list%, }. Install them and start again."
}

# ensure_packages NAME…: installs what is missing, as root or through sudo; ends the script with one sentence if that fails.
ensure_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    check_without_apt
    return
  fi
  local missing=() unknown=() available=() name
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing: ${missing[*]}. Install them as root with: apt-get install ${missing[*]}"
    as_root=(sudo)
    [ -t 0 ] || as_root=(sudo -n) # nobody is there to type a password
  fi
  local log
  log=$(mktemp)
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300)

  for name in "${missing[@]}"; do has_candidate "$name" || unknown+=("$name"); done
  if [ ${#unknown[@]} -gt 0 ]; then
    say "fetching the lists of packages"
    "${apt[@]}" update >"$log" 2>&1 </dev/null || explain_apt "$log" "the lists of packages could not be fetched"
  fi
  for name in "${missing[@]}"; do
    if has_candidate "$name"; then available+=("$name"); else say "this system has no package $name: going on without it"; fi
  done
  if [ ${#available[@]} -gt 0 ]; then
    say "installing ${available[*]}"
    if ! "${apt[@]}" install --no-install-recommends "${available[@]}" >"$log" 2>&1 </dev/null; then
      # Old lists name versions that the mirror no longer has.
      { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${available[@]}"; } >"$log" 2>&1 </dev/null ||
        explain_apt "$log" "packages could not be installed"
    fi
  fi
  rm -f "$log"
}

# explain_apt LOG SENTENCE: ends the script with what apt gave as its reason.
explain_apt() {
  local reason
  reason=$(grep -E '^(E|sudo|W): ?' "$1" | head -n 3 || true)
  rm -f "$1"
  fail "$2. ${reason:-Is there a network?}"
}
