# A census of what a server may leave behind on a machine: taken before and after the tests, compared line by line.

# census FILE: writes one sorted line for each mount, loop device, network namespace, link, nft table, cgroup and process of ours.
census() (
  # Its own programs carry no mark.
  mark=${ATOLL_TEST_RUN:-}
  unset ATOLL_TEST_RUN
  {
    sed 's/ - .*//' /proc/self/mountinfo | awk '{print "mount " $5}'
    # Without the number, which depends on what else has come and gone.
    { cat /sys/block/loop*/loop/backing_file 2>/dev/null || true; } | sed 's/^/loop device of /'
    ip netns list | awk '{print "network namespace " $1}'
    ip -o link show | awk -F': ' '{sub(/@.*/, "", $2); print "link " $2}'
    nft list tables | sed 's/^table/nft table/'
    # Units of the service manager come and go by themselves.
    find /sys/fs/cgroup -mindepth 1 -type d 2>/dev/null |
      grep -Ev '\.(service|scope|slice|socket|mount)(/|$)' | sed 's/^/cgroup /'
    our_processes "$mark"
  } | LC_ALL=C sort >"$1"
)

# Two signs of a process of ours: a program that only sandboxes use, or this run's mark in its environment.
our_processes() {
  local mark=$1 folder pid name
  for folder in /proc/[0-9]*; do
    pid=${folder#/proc/}
    name=$(cat "$folder/comm" 2>/dev/null) || continue
    case $name in
      runsc* | runc | runc:* | dnsmasq | agent | mmdebstrap | docker-registry) echo "process $pid $name" ;;
      *) ! is_marked "$folder" "$mark" || echo "process $pid $name" ;;
    esac
  done
}

is_marked() { grep -qszxF "ATOLL_TEST_RUN=$2" "$1/environ"; }

# left_behind BEFORE AFTER: what AFTER has and BEFORE had not, or had fewer times.
left_behind() { LC_ALL=C comm -13 "$1" "$2"; }

# assert_clean BEFORE: waits up to 20 s for processes that are on their way out; prints what stays.
assert_clean() {
  local before=$1 after=$state/test/census.after deadline=$((SECONDS + 20))
  while ((SECONDS < deadline)); do
    census "$after"
    [[ -n $(left_behind "$before" "$after") ]] || return 0
    sleep 1
  done
  left_behind "$before" "$after" | sed 's/^/  left behind: /' >&2
  return 1
}
