# ./atoll test: everything that CI runs.

readonly test_limit_seconds=1700

run_tests() {
  need_root test
  need_kernel
  need_jdk
  need_to_run_sandboxes
  need_packages clang:clang node:nodejs npm:npm skopeo:skopeo
  need_libfuzzer
  need_docker_registry
  need_maven
  need_c_compiler

  local folder=$state/test failed=0 passed=0 skipped=0 started=$SECONDS sums
  mkdir -p "$folder"
  clear_reports
  export ATOLL_TEST_RUN=$$-$RANDOM$RANDOM
  census "$folder/census.before"

  local maven_status=0
  run_maven "$folder/maven.log" || maven_status=$?

  sums=$(sum_reports)
  read -r passed failed skipped <<<"$sums"
  list_unsuccessful >&2
  if ((maven_status != 0)); then
    # Failed tests don't make Maven fail here: this is a module that does not build, or a crashed JVM.
    grep -m 10 '^\[ERROR\]' "$folder/maven.log" >&2 || tail -n 20 "$folder/maven.log" >&2
    say "FAILED  the build itself: see $folder/maven.log"
    failed=$((failed + 1))
  fi
  check "the sources are formatted" sources_are_formatted
  check "the machine is as it was before" assert_clean "$folder/census.before"

  if [[ ${ATOLL_TEST_STRICT:-} == 1 && $skipped != 0 ]]; then
    say "ATOLL_TEST_STRICT=1: the $skipped skipped count as failed"
    failed=$((failed + skipped))
    skipped=0
  fi
  say "took $((SECONDS - started)) s"
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0))
}

# check TITLE COMMAND...: a test of the launcher's own; uses run_tests' counters.
check() {
  local title=$1
  shift
  if "$@"; then
    say "passed  $title"
    passed=$((passed + 1))
  else
    say "FAILED  $title"
    failed=$((failed + 1))
  fi
}

sources_are_formatted() { step "Checking the format" maven_goal spotless:check; }

# Modules that don't need each other, two at a time: CONTRIBUTING.md says which tests then run beside which.
readonly side_by_side=-T2

maven_goal() (cd "$home" && "$maven" -B -q -fae "$side_by_side" "$@")

# All modules, all tests: what failed is read from the reports, so that one failure hides no other test. The format is
# checked apart for the same reason.
run_maven() {
  local log=$1 status
  say "mvn verify, log in $log"
  set +e
  (cd "$home" && timeout --kill-after=10 "$test_limit_seconds" "$maven" -B -fae "$side_by_side" verify -Dstyle.color=never -Dspotless.check.skip \
    -Dmaven.test.failure.ignore=true </dev/null) >"$log" 2>&1 &
  local run=$!
  # --pid ends tail soon after Maven ends.
  tail --pid="$run" --lines=+1 --follow "$log" 2>/dev/null | awk -f "$home/launcher/progress.awk" >&2
  wait "$run"
  status=$?
  set -e
  return "$status"
}

need_libfuzzer() {
  local folder
  folder=$(clang -print-resource-dir)
  compgen -G "$folder/lib/*/libclang_rt.fuzzer-*.a" >/dev/null || compgen -G "$folder/lib/*/libclang_rt.fuzzer.a" >/dev/null ||
    install_packages libclang-rt-dev
}

# Not installed: Debian's package would start a registry as a daemon.
need_docker_registry() {
  local tree=$cache/docker-registry
  if ! command -v docker-registry >/dev/null; then
    if [[ ! -x $tree/usr/bin/docker-registry ]]; then
      refresh_package_lists
      step "Fetching docker-registry into $cache" unpack_package docker-registry "$tree" ||
        fail "could not fetch docker-registry: see above; check the network and this machine's apt sources"
    fi
    export PATH=$PATH:$tree/usr/bin
  fi
}
