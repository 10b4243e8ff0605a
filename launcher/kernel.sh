# What the kernel must be able to do; each check has one line that says what is missing and what to do.

need_kernel() {
  [[ $(uname -s) == Linux ]] || fail "sandboxes need Linux: this is $(uname -s)"
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) fail "sandboxes need an x86_64 or aarch64 machine: this is $(uname -m)" ;;
  esac
  need_filesystem overlay "image layers are stacked with it: load the module 'overlay', or use a kernel that has it"
  need_namespace mnt "CONFIG_NAMESPACES"
  need_namespace pid "CONFIG_PID_NS"
  need_namespace net "CONFIG_NET_NS"
  need_namespace user "CONFIG_USER_NS"
  local users=/proc/sys/user/max_user_namespaces
  [[ ! -r $users ]] || (($(<$users) > 0)) ||
    fail "user namespaces are switched off: run 'sysctl user.max_user_namespaces=10000' and try again"
  need_capability 21 SYS_ADMIN
  need_capability 12 NET_ADMIN
  # Refused where a container's seccomp profile or a hardened kernel forbids it, whatever the capabilities say.
  unshare --mount --pid --net --fork true 2>/dev/null ||
    fail "this machine refuses new namespaces even to root (a container without privileges?): run on a real or virtual machine"
  unshare --user true 2>/dev/null ||
    fail "this machine refuses user namespaces even to root (inside a chroot?): leave the chroot, or allow them, and try again"
  grep -q cgroup /proc/self/mountinfo ||
    fail "no cgroup file system is mounted: limits need /sys/fs/cgroup, mount it and try again"
}

need_filesystem() {
  grep -qw "$1" /proc/filesystems || modprobe "$1" 2>/dev/null || true
  grep -qw "$1" /proc/filesystems || fail "the kernel has no file system '$1': $2"
}

need_namespace() {
  [[ -e /proc/self/ns/$1 ]] || fail "the kernel has no $1 namespaces: use a kernel with $2"
}

# need_capability BIT NAME: bits as in linux/capability.h.
need_capability() {
  local effective
  effective=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
  (((0x$effective >> $1) & 1)) ||
    fail "root lacks the capability $2 here (a container without privileges?): run on a real or virtual machine"
}

# After nftables is installed: asks the kernel itself.
need_nftables() {
  nft list tables >/dev/null 2>&1 ||
    fail "the kernel refuses nftables ('nft list tables' fails): load the module 'nf_tables', or use a kernel with CONFIG_NF_TABLES"
}
