# The programs that sandboxes are made with. runsc is special: Debian 12's own is too old (its platform systrap came
# later), so a newer one is taken from backports into the cache, without touching the system.

readonly runsc_oldest=20240729

need_to_run_sandboxes() {
  need_packages mount:mount ip:iproute2 nft:nftables mmdebstrap:mmdebstrap runc:runc dnsmasq:dnsmasq-base busybox:busybox-static
  [[ -n $(find_library libseccomp.so.2) ]] || install_packages libseccomp2
  need_nftables
  need_runsc
}

find_library() { ldconfig -p | grep -F "$1" || true; }

need_runsc() {
  local found
  for found in "${ATOLL_RUNSC:-}" "$(command -v runsc || true)" "$cache"/runsc/*/usr/bin/runsc; do
    if [[ -n $found && -x $found ]] && runsc_is_new_enough "$("$found" --version 2>/dev/null | head -n 1)"; then
      export ATOLL_RUNSC=$found
      return
    fi
  done
  [[ -z ${ATOLL_RUNSC:-} ]] ||
    fail "ATOLL_RUNSC names $ATOLL_RUNSC, which is not a runsc of $runsc_oldest or later: name another, or unset it"
  fetch_runsc
}

# Both spellings of a version carry the date: 'runsc version release-20240729.0', '0.0~20240729.0-5'.
runsc_is_new_enough() {
  [[ $1 =~ (20[0-9]{6}) ]] && ((BASH_REMATCH[1] >= runsc_oldest))
}

fetch_runsc() {
  command -v apt-get >/dev/null ||
    fail "missing: runsc $runsc_oldest or later. Install gVisor's runsc on the PATH, or name it in ATOLL_RUNSC"
  ((EUID == 0)) || fail "missing: runsc $runsc_oldest or later. Run 'sudo $0 quickstart' once: it fetches one"
  [[ -n $(candidate runsc) ]] || refresh_package_lists
  if runsc_is_new_enough "$(candidate runsc)"; then
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
