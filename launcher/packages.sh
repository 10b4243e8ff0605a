# Debian packages: what a command needs is looked up first; apt-get runs only when something is really missing.

# missing_packages COMMAND:PACKAGE...: the packages whose command is not on the path (or, for '/path:package', whose
# file is not there), one a line.
missing_packages() {
  local entry wanted missing=()
  for entry in "$@"; do
    wanted=${entry%%:*}
    case $wanted in
      /*) [[ -e $wanted ]] || missing+=("${entry#*:}") ;;
      *) command -v "$wanted" >/dev/null || missing+=("${entry#*:}") ;;
    esac
  done
  ((${#missing[@]} == 0)) || printf '%s\n' "${missing[@]}" | sort -u
}

# need_packages COMMAND:PACKAGE...: installs what is missing.
need_packages() {
  local missing
  readarray -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

install_packages() {
  command -v apt-get >/dev/null || fail "missing: $*. This machine has no apt-get: install them (Debian's names) and run again"
  ((EUID == 0)) || fail "missing: $*. Run 'sudo apt-get install $*' and try again"
  refresh_package_lists
  step "Installing $*" apt install "$@" ||
    fail "could not install $*: see above; check the network and this machine's apt sources, then run again"
}

# Once in a run: stale lists name files that the mirrors no longer have.
refresh_package_lists() {
  [[ -z ${package_lists_fresh:-} ]] || return 0
  step "Refreshing Debian's package lists" apt update ||
    fail "apt-get update failed: see above; check the network and this machine's apt sources, then run again"
  package_lists_fresh=yes
}

# apt WORD...: apt-get without questions; no recommended packages; waits for another apt-get's lock.
apt() {
  DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -y --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@"
}

# candidate PACKAGE: the version that apt would install; empty when there is none.
candidate() {
  command -v apt-cache >/dev/null || return 0
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *//p' | grep -v '^(none)$' || true
}

# unpack_package PACKAGE FOLDER [APT OPTION...]: downloads one package and unpacks it to FOLDER without installing it:
# no daemon is started, nothing of the system is replaced. FOLDER appears whole or not at all.
unpack_package() {
  local package=$1 folder=$2 work
  shift 2
  mkdir -p "$(dirname "$folder")"
  work=$(mktemp -d "$folder.XXXXXX")
  if (cd "$work" && apt "$@" -o APT::Sandbox::User=root download "$package" &&
    dpkg -x "$package"_*.deb tree) && rm -rf "$folder" && mv "$work/tree" "$folder"; then
    rm -rf "$work"
  else
    rm -rf "$work"
    return 1
  fi
}
