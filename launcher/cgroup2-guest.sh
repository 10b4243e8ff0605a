#!/bin/bash
# What the virtual machine of 'atoll test-cgroup2' does: runs the tests of cells with the tag cgroup2, and counts.
set -euo pipefail
export HOME=/root JAVA_HOME=/opt/java PATH=/usr/sbin:/usr/bin:/sbin:/bin
readonly classes=/opt/atoll/classes
cd /root

if [[ $(stat -fc %T /sys/fs/cgroup) != cgroup2fs ]] || grep -q ' - cgroup ' /proc/self/mountinfo; then
  echo "atoll: this machine has more than cgroup version 2"
  exit 1
fi
echo "atoll: $(uname -sr), $(systemctl --version | head -n 1), cgroup version 2 only, this is in $(</proc/self/cgroup)"

# Each line with the seconds since the machine was switched on.
"$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -cp "$classes/cells:$classes/conformance:$classes/jars/*" \
  org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
  --include-classname='.*IT' --include-tag=cgroup2 --scan-classpath="$classes/cells" 2>&1 |
  while IFS= read -r line; do
    read -r up _ </proc/uptime
    echo "$up $line"
  done | tee /root/tests.log || true

count() { sed -n "s/.*\[ *\([0-9]*\) tests $1 .*/\1/p" /root/tests.log | tail -n 1; }
echo "atoll: $(count successful) passed, $(($(count failed) + $(count skipped) + $(count aborted))) failed"
