# ./atoll test-cgroup2: the tests about limits and processes on a machine that has cgroup version 2 only, as Debian's
# installations are: Debian under QEMU, with its kernel and systemd, without hardware virtualization. The sandboxes of
# the tests run in there; nothing of this machine is changed.

readonly cgroup2_limit_seconds=900
# What a server needs, and a service manager.
readonly cgroup2_packages=systemd-sysv,kmod,procps,mount,iproute2,nftables,runc,dnsmasq-base,busybox-static,libseccomp2

test_cgroup2() {
  [[ $(uname -m) == x86_64 ]] || fail "the virtual machine of 'test-cgroup2' is an x86_64 one: run it on such a machine"
  need_root test-cgroup2
  need_jdk
  need_packages mount:mount nft:nftables ip:iproute2 mmdebstrap:mmdebstrap busybox:busybox-static
  need_packages qemu-system-x86_64:qemu-system-x86 mke2fs:e2fsprogs
  need_runsc
  need_maven
  need_c_compiler
  need_debian_kernel
  need_debian_root

  local folder=$state/cgroup2 started=$SECONDS status=0
  rm -rf --one-file-system "$folder"
  mkdir -p "$folder"
  step "Building the tests" build_cgroup2_tests "$folder/classes" || fail "the build failed: see above"
  step "Making the virtual machine's disk" make_cgroup2_disk "$folder" || fail "the disk can't be made: see above"
  run_cgroup2_machine "$folder" || status=$?
  rm -rf --one-file-system "$folder/classes" "$folder/root" "$folder/disk" "$folder/initramfs" "$folder/start"
  say "took $((SECONDS - started)) s, of which the machine ran $machine_seconds s; its console is in $folder/console.log"
  return "$status"
}

# Sets kernel, the folder of Debian's kernel for virtual machines. It is unpacked, not installed.
need_debian_kernel() {
  local package
  [[ -n $(candidate linux-image-cloud-amd64) ]] || refresh_package_lists
  package=$(LC_ALL=C apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: *//p' | head -n 1)
  [[ -n $package ]] || fail "this machine's apt sources have no linux-image-cloud-amd64: add those of Debian 12 or 13"
  kernel=$cache/virtual-machine/$package
  [[ ! -d $kernel ]] || return 0
  refresh_package_lists
  step "Fetching $package into $cache" unpack_package "$package" "$kernel" ||
    fail "could not fetch $package: see above; check the network and this machine's apt sources"
}

# Sets debian_root, a tar of a Debian with what a server needs, of this machine's release.
need_debian_root() {
  local codename work
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
  debian_root=$cache/virtual-machine/$codename-$(sha256sum <<<"$cgroup2_packages" | cut -c1-8).tar
  [[ ! -s $debian_root ]] || return 0
  work=$(mktemp -u "$debian_root.XXXXXX")
  step "Making a Debian for the virtual machine" mmdebstrap --variant=essential --format=tar \
    --include="$cgroup2_packages" "$codename" "$work" && mv "$work" "$debian_root" ||
    { rm -f "$work"; fail "could not make a Debian: see above; check the network and this machine's apt sources"; }
}

# The tests' classes and all that they need, as jars and folders of classes.
build_cgroup2_tests() {
  mkdir -p "$1" &&
    (cd "$home" && "$maven" -B -q -pl conformance -am -DskipTests -DskipITs -Dspotless.check.skip -Djava.checks.skip=true \
      -Dguest.checks.skip=true package dependency:copy-dependencies -DincludeScope=test -DoutputDirectory="$1/jars") &&
    cp -r "$home/cells/target/test-classes" "$1/cells" && cp -r "$home/conformance/target/test-classes" "$1/conformance"
}

make_cgroup2_disk() {
  local folder=$1 root=$1/root release
  release=$(basename "$kernel"/lib/modules/*)
  mkdir -p "$root" && tar -xf "$debian_root" -C "$root" &&
    mkdir -p "$root/opt/atoll" "$root/lib/modules" && cp -r "$kernel/lib/modules/$release" "$root/lib/modules/" &&
    chroot "$root" /sbin/depmod "$release" &&
    cp -rL "$JAVA_HOME" "$root/opt/java" && rm -f "$root"/opt/java/lib/{src.zip,ct.sym} &&
    cp -r "$folder/classes" "$root/opt/atoll/classes" && cp "$ATOLL_RUNSC" "$root/usr/bin/runsc" &&
    cp "$home/launcher/cgroup2-guest.sh" "$root/opt/atoll/run" && chmod +x "$root/opt/atoll/run" &&
    cp "$home/launcher/cgroup2.service" "$root/etc/systemd/system/" &&
    ln -s ../cgroup2.service "$root/etc/systemd/system/multi-user.target.wants/" &&
    echo overlay >"$root/etc/modules-load.d/atoll.conf" && : >"$root/etc/resolv.conf" &&
    mke2fs -q -t ext4 -O ^has_journal -d "$root" "$folder/disk" 6G && make_cgroup2_start "$folder/start" "$release" &&
    (cd "$folder/start" && find . | busybox cpio -o -H newc) >"$folder/initramfs"
}

# What the kernel starts with: enough to mount the disk.
make_cgroup2_start() {
  local folder=$1 modules=$kernel/lib/modules/$2/kernel/drivers name
  mkdir -p "$folder"/{bin,proc,dev,disk} && cp "$(command -v busybox)" "$folder/bin/busybox" &&
    {
      echo '#!/bin/busybox sh'
      echo 'busybox mount -t devtmpfs dev /dev'
      for name in virtio/virtio_ring virtio/virtio virtio/virtio_pci_modern_dev virtio/virtio_pci_legacy_dev \
        virtio/virtio_pci block/virtio_blk; do
        # Debian 13 packs its modules.
        if [[ -e $modules/$name.ko.xz ]]; then xz -dc "$modules/$name.ko.xz"; else cat "$modules/$name.ko"; fi \
          >"$folder/${name##*/}.ko"
        echo "busybox insmod /${name##*/}.ko"
      done
      echo 'busybox mount -t ext4 /dev/vda /disk && exec busybox switch_root /disk /lib/systemd/systemd'
    } >"$folder/init" && chmod +x "$folder/init"
}

# Runs the machine to its end; sets machine_seconds. The machine says itself how many tests passed.
run_cgroup2_machine() {
  local folder=$1 console=$1/console.log started=$SECONDS sums follower
  say "Debian under QEMU, console in $console"
  : >"$console"
  tail --lines=+1 --follow "$console" 2>/dev/null | grep --line-buffered '^atoll: ' >&2 &
  follower=$!
  nice -n 10 timeout --kill-after=10 "$cgroup2_limit_seconds" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 4096 \
    -kernel "$kernel"/boot/vmlinuz-* -initrd "$folder/initramfs" \
    -append 'console=ttyS0 panic=-1 quiet systemd.show_status=false systemd.log_target=null mitigations=off' \
    -drive "file=$folder/disk,format=raw,if=virtio,cache=unsafe" -nic none -display none -no-reboot \
    -serial "file:$console" </dev/null >"$folder/qemu.log" 2>&1 || true
  machine_seconds=$((SECONDS - started))
  kill "$follower" 2>/dev/null || true
  sums=$(tr -d '\r' <"$console" | sed -n 's/^atoll: \([0-9]* passed, [0-9]* failed\)$/\1/p' | tail -n 1)
  if [[ -z $sums ]]; then
    tail -n 30 "$console" >&2
    cat "$folder/qemu.log" >&2
    say "FAILED  the virtual machine did not come to the end of its tests within $cgroup2_limit_seconds s"
    return 1
  fi
  echo "$sums"
  [[ $sums == *', 0 failed' && $sums != 0* ]]
}
