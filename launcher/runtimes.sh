# The programs that sandboxes are made with. runsc is special: Debian 12's own is too old (its platform systrap came
# later), so a newer one is taken from backports into the cache, without touching the system. One that is newer still is
# built into the cache by 'quickstart' and by './atoll runsc'. The newest one there is is used.

readonly runsc_oldest=20240729
# With older ones a part of an idle sandbox's kernel wakes up a thousand times a second.
readonly runsc_good=20260905
# The Go module's pseudo-version: the day, and the commit of gVisor's branch 'go'.
readonly runsc_module=v0.0.0-20260905035102-160fafc42237
# Its go.mod wants this or a later one.
readonly go_version=go1.26.3

need_to_run_sandboxes() {
  need_packages mount:mount ip:iproute2 nft:nftables mmdebstrap:mmdebstrap runc:runc dnsmasq:dnsmasq-base busybox:busybox-static mkfs.btrfs:btrfs-progs
  [[ -n $(find_library libseccomp.so.2) ]] || install_packages libseccomp2
  need_nftables
  need_runsc
}

find_library() { ldconfig -p | grep -F "$1" || true; }

need_runsc() {
  local found date best=0
  if [[ -n ${ATOLL_RUNSC:-} ]]; then
    (($(runsc_date "$ATOLL_RUNSC") >= runsc_oldest)) ||
      fail "ATOLL_RUNSC names $ATOLL_RUNSC, which is not a runsc of $runsc_oldest or later: name another, or unset it"
    runsc_chosen=yes
    return
  fi
  for found in "$(command -v runsc || true)" "$cache"/runsc/*/usr/bin/runsc; do
    date=$(runsc_date "$found")
    ((date >= runsc_oldest && date > best)) || continue
    best=$date
    export ATOLL_RUNSC=$found
  done
  [[ -n ${ATOLL_RUNSC:-} ]] || fetch_runsc
}

mention_runsc() {
  (($(runsc_date "$ATOLL_RUNSC") >= runsc_good)) ||
    say "runsc here is of $(runsc_date "$ATOLL_RUNSC"): each idle sandbox of the gVisor tier costs 2 % of a core, and many" \
      "at once start slowly. '$0 runsc' builds a newer one, which has neither"
}

# What is wanted but not needed: without it the older one will do.
want_good_runsc() {
  [[ -z ${runsc_chosen:-} ]] && (($(runsc_date "$ATOLL_RUNSC") < runsc_good)) || return 0
  if (build_runsc); then
    unset ATOLL_RUNSC
    need_runsc
  else
    mention_runsc
  fi
}

# runsc_date PROGRAM: the day of its release, such as 20240729; 0 when it says none.
runsc_date() {
  local version
  version=$([[ -x $1 ]] && "$1" --version 2>/dev/null | head -n 1) || true
  date_of "$version"
}

# Both spellings of a version carry the date: 'runsc version release-20240729.0', '0.0~20240729.0-5'.
date_of() {
  [[ $1 =~ (20[0-9]{6}) ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

# Builds gVisor's newest runsc into the cache.
build_runsc() {
  local tree=$cache/runsc/go
  need_go
  step "Building runsc $runsc_module in $tree" compile_runsc "$tree" ||
    fail "runsc can't be built here: the log above says why"
  say "$("$tree/usr/bin/runsc" --version | head -n 1): used from now on. 'rm -r $tree' goes back"
}

# Debian's Go is older than gVisor wants; like any other since 1.16 it can fetch a newer one, as a module.
need_go() {
  command -v go >/dev/null || { need_root runsc && install_packages golang-go; }
}

# In a folder of its own, with the caches that Go fills: nothing but the program stays, and only when it is whole.
compile_runsc() {
  local tree=$1 build=$1.build date=${runsc_module#v0.0.0-} status=0
  remove_go_folder "$build"
  mkdir -p "$build/fetch"
  (
    export GOMODCACHE=$build/modules GOCACHE=$build/objects GOBIN=$build/tree/usr/bin CGO_ENABLED=0
    cd "$build/fetch" || exit
    go=$(fetch_go) || exit
    env -u GOROOT GOTOOLCHAIN=local "$go" install -trimpath -buildvcs=false \
      -ldflags "-s -w -X gvisor.dev/gvisor/runsc/version.version=release-${date:0:8}.0" \
      "gvisor.dev/gvisor/runsc@$runsc_module"
  ) || status=$?
  if ((status == 0)); then rm -rf "$tree" && mv "$build/tree" "$tree" || status=$?; fi
  remove_go_folder "$build"
  return "$status"
}

# Prints the program of a Go that is new enough: this machine's, or the module golang.org/toolchain, which Go verifies
# with its checksum database. Run it in an empty folder.
fetch_go() {
  local machine folder
  if [[ $(printf '%s\n' "$go_version" "$(GOTOOLCHAIN=local go env GOVERSION)" | sort -V | head -n 1) == "$go_version" ]]; then
    command -v go
    return
  fi
  printf 'module fetch\n' >go.mod
  machine=$(go env GOOS)-$(go env GOARCH)
  GOTOOLCHAIN=local go mod download "golang.org/toolchain@v0.0.1-$go_version.$machine" >&2 || return
  folder=$GOMODCACHE/golang.org/toolchain@v0.0.1-$go_version.$machine
  # Modules hold no permissions.
  chmod -R +x "$folder/bin" "$folder/pkg/tool" >&2 && echo "$folder/bin/go"
}

# Go makes its module cache read-only.
remove_go_folder() { [[ ! -e $1 ]] || { chmod -R u+w "$1" && rm -rf "$1"; }; }

fetch_runsc() {
  command -v apt-get >/dev/null ||
    fail "missing: runsc $runsc_oldest or later. Install gVisor's runsc on the PATH, or name it in ATOLL_RUNSC"
  ((EUID == 0)) || fail "missing: runsc $runsc_oldest or later. Run 'sudo $0 quickstart' once: it fetches one"
  [[ -n $(candidate runsc) ]] || refresh_package_lists
  if (($(date_of "$(candidate runsc)") >= runsc_oldest)); then
    install_packages runsc
    ATOLL_RUNSC=$(command -v runsc)
  else
    step "Fetching runsc from Debian's backports into $cache" fetch_runsc_from_backports ||
      fail "no runsc of $runsc_oldest or later here: check the network, or install one and name it in ATOLL_RUNSC"
    ATOLL_RUNSC=$(echo "$cache"/runsc/*/usr/bin/runsc)
  fi
  export ATOLL_RUNSC
}

# Uses apt with its own sources, lists and cache, made from this machine's sources: none of the system's is changed.
fetch_runsc_from_backports() {
  local work status=0
  work=$(mktemp -d)
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/none"
  # shellcheck source=/dev/null
  backports_sources "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" "$work" || status=$?
  local options=(-o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$work" -o "Dir::Etc::preferencesparts=$work/none"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  ((status == 0)) && { apt "${options[@]}" update && unpack_package runsc "$cache/runsc/backports" "${options[@]}"; } || status=1
  rm -rf "$work"
  ((status == 0)) && "$cache/runsc/backports/usr/bin/runsc" --version
}

# backports_sources CODENAME FOLDER: this machine's binary sources of CODENAME, with the suite exchanged.
backports_sources() {
  local codename=$1 folder=$2 file
  [[ -n $codename ]] || { echo "this is not a Debian release: /etc/os-release names no codename"; return 1; }
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -f $file ]] && awk -v suite="$codename" -f "$home/launcher/backports.awk" "$file"
  done >"$folder/backports.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [[ -f $file ]] && sed -nE "s/^[[:space:]]*(deb([[:space:]]+\[[^]]*\])?[[:space:]]+[^[:space:]]+)[[:space:]]+${codename}[[:space:]].*$/\1 $codename-backports main/p" "$file"
  done >"$folder/backports.list"
  [[ -s $folder/backports.sources || -s $folder/backports.list ]] ||
    { echo "no apt source of this machine has the suite '$codename'"; return 1; }
}
