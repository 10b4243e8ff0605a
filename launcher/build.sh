# Builds a module and what it needs when the sources are newer than its last build.
#
# .atoll/build/MODULE/HASH/*.jar is the run class path of one state of the sources; .atoll/build/MODULE/current names
# HASH, and its time is when the sources were last seen to be that state. A folder stays while a process runs from it.

# System calls through FFM; Netty's and protobuf's own use of memory.
readonly jvm_flags=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

# need_build MODULE: sets JAVA_HOME; afterwards run_java MODULE works.
need_build() {
  local module=$1 folder=$state/build/$1 hash
  need_jdk
  if [[ -r $folder/current && -d $folder/$(<"$folder/current") && -z $(newer_source "$folder/current") ]]; then
    return
  fi
  mkdir -p "$folder" || fail "cannot write to $state: run as the owner of $home"
  exec 9>"$state/build/lock"
  flock -n 9 || { say "waiting for another build of $home ..." && flock 9; }
  touch "$folder/started"
  hash=$(hash_sources)
  if [[ ! -d $folder/$hash ]]; then
    need_maven
    need_c_compiler
    step "Building Atoll (module $module)" compile_module "$module" "$folder/$hash" ||
      fail "the build failed: see above"
    remove_old_builds "$folder" "$hash"
  fi
  # The time of the start: what was edited while the build ran is newer.
  echo "$hash" >"$folder/current.new"
  touch -r "$folder/started" "$folder/current.new"
  mv "$folder/current.new" "$folder/current"
  exec 9>&-
}

sources() {
  find "$home" -mindepth 1 \( -name target -o -name '.*' -o -name '*.md' -o -path "$home/*/src/test" -o -path "$home/atoll" \
    -o -path "$home/launcher" -o -path "$home/conformance" -o -path "$home/docs" \) -prune -o "$@"
}

# Folders count too: a removed file makes its folder newer.
newer_source() { sources \( -type f -o -type d \) -newer "$1" -print -quit; }

hash_sources() {
  sources -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sed "s|$home/||" | sha256sum | cut -c1-16
}

compile_module() {
  local module=$1 folder=$2 work
  work=$(mktemp -d "$folder.XXXXXX")
  if (cd "$home" && "$maven" -B -q -pl "$module" -am -Dmaven.test.skip=true -Dspotless.check.skip -Djava.checks.skip=true package \
    dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work") &&
    cp "$home/$module/target/atoll-$module-"*.jar "$work/" && mv "$work" "$folder"; then
    return 0
  fi
  rm -rf "$work"
  return 1
}

remove_old_builds() {
  local folder=$1 keep=$2 old
  for old in "$folder"/*/; do
    old=${old%/}
    [[ ${old##*/} == "$keep" ]] || grep -qsF "$old/" /proc/[0-9]*/cmdline || rm -rf "$old"
  done
}

# Flags of commands that only ask a server and end: quick to start, small.
readonly short_lived=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1)

# run_java MODULE CLASS ARGUMENT...: replaces this process.
run_java() {
  local module=$1 class=$2
  shift 2
  ATOLL_HOME=$home exec "$JAVA_HOME/bin/java" "${jvm_flags[@]}" -cp "$(class_path "$module")" "$class" "$@"
}

# run_client ARGUMENT...: the command line, with the classes that its training run loaded (JEP 514) ready to use.
run_client() {
  local classes ready=()
  classes=$(build_folder cli)/java-$(jdk_version).aot
  [[ -e $classes ]] || train "$classes"
  [[ ! -s $classes ]] || ready=(-XX:AOTCache="$classes")
  ATOLL_HOME=$home exec "$JAVA_HOME/bin/java" "${jvm_flags[@]}" "${short_lived[@]}" "${ready[@]}" \
    -cp "$(class_path cli)" dev.atoll.cli.Main "$@"
}

# The training run is a call to a port where nobody listens: it fails, and loads what a call needs. Where the JVM can't
# train, an empty file says so, and commands start without.
train() {
  local new
  new=$(mktemp -u "$1.XXXXXX")
  step "Preparing a quick start" env MODAL_SERVER_URL=http://127.0.0.1:9 MODAL_TOKEN_ID=none MODAL_TOKEN_SECRET=none \
    sh -c '"$@"; test -e "$0"' "$new" "$JAVA_HOME/bin/java" "${jvm_flags[@]}" "${short_lived[@]}" \
    -XX:AOTCacheOutput="$new" -cp "$(class_path cli)" dev.atoll.cli.Main ls || : >"$new"
  mv "$new" "$1"
}

# run_server ARGUMENT...: a server, or what starts one, with the classes that a server's start loads ready to use.
run_server() {
  local classes ready=()
  classes=$(build_folder cli)/server-java-$(jdk_version).aot
  # Who tries Atoll out waits long enough for the build.
  [[ -e $classes || $1 == quickstart ]] || train_server "$classes"
  [[ ! -s $classes ]] || ready=(-XX:AOTCache="$classes")
  ATOLL_HOME=$home exec "$JAVA_HOME/bin/java" "${jvm_flags[@]}" "${ready[@]}" -cp "$(class_path cli)" \
    dev.atoll.cli.Main "$@"
}

# The training run works with a small server of its own. Where that fails an empty file says so: the server that the
# user wants says why.
train_server() {
  local new folder
  new=$(mktemp -u "$1.XXXXXX")
  folder=$(mktemp -d)
  step "Preparing a server's quick start" "$JAVA_HOME/bin/java" "${jvm_flags[@]}" -XX:AOTCacheOutput="$new" \
    -cp "$(class_path cli)" dev.atoll.cli.TrainingRun "$folder" "$(command -v busybox)" || rm -f "$new"
  [[ -e $new ]] || : >"$new"
  rm -rf --one-file-system "$folder"
  mv "$new" "$1"
}

jdk_version() { sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$JAVA_HOME/release" | tr -c 'A-Za-z0-9.\n' '-'; }

build_folder() { echo "$state/build/$1/$(<"$state/build/$1/current")"; }

class_path() { printf '%s:' "$(build_folder "$1")"/*.jar | sed 's/:$//'; }
