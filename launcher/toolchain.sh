# What a build needs: a JDK, Maven, a C compiler with a static libc for the guest agent.

readonly jdk_oldest=25
readonly maven_oldest=3.9.6
readonly maven_version=3.9.16
readonly maven_sha512=ed41650d42485cfc243fad22158caf9cbb5dc408ce7a09ddb94dd42a019de929ca43065bfa450612cf12bf78b5cafa3884b96c090de326ff590448c933454af3

# Sets and exports JAVA_HOME.
need_jdk() {
  local folder
  for folder in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if is_jdk "$folder"; then
      export JAVA_HOME=$folder
      return
    fi
  done
  if command -v apt-get >/dev/null && [[ -z $(candidate openjdk-$jdk_oldest-jdk-headless) ]] && ((EUID == 0)); then
    refresh_package_lists
  fi
  [[ -n $(candidate openjdk-$jdk_oldest-jdk-headless) ]] ||
    fail "missing: JDK $jdk_oldest or later, and this machine's apt sources have none: unpack one, such as Eclipse Temurin's, below /usr/lib/jvm, or name it in JAVA_HOME"
  install_packages openjdk-$jdk_oldest-jdk-headless
  for folder in /usr/lib/jvm/*; do
    if is_jdk "$folder"; then export JAVA_HOME=$folder; fi
  done
}

# The file 'release' of a JDK says its version; starting java for it would cost each command 40 ms.
is_jdk() {
  [[ -n $1 && -x $1/bin/javac && -r $1/release ]] || return 1
  [[ $(<"$1/release") =~ JAVA_VERSION=\"([0-9]+) ]] && ((BASH_REMATCH[1] >= jdk_oldest))
}

# Sets maven, the program to run.
need_maven() {
  maven=$cache/maven/apache-maven-$maven_version/bin/mvn
  [[ ! -x $maven ]] || return 0
  need_packages mvn:maven
  if maven_will_do mvn; then
    maven=$(command -v mvn)
  else
    step "Fetching Maven $maven_version into $cache" fetch_maven ||
      fail "could not fetch Maven $maven_version: check the network, or put Maven $maven_oldest or later on the PATH"
  fi
}

# Debian's own, in /usr/share/maven, runs with other versions of Maven's libraries, in which some plugins of the build
# fail: it is only good for fetching.
maven_will_do() {
  local said version
  said=$("$1" -v 2>/dev/null) || return 1
  [[ $said != *'Maven home: /usr/share/maven'* ]] || return 1
  version=$(sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' <<<"$said")
  [[ -n $version && $(printf '%s\n' "$maven_oldest" "$version" | sort -V | head -n 1) == "$maven_oldest" ]]
}

# Debian's Maven fetches the newer one by its coordinates, from where this machine's Maven settings say.
fetch_maven() {
  local work zip=apache-maven-$maven_version-bin.zip
  mkdir -p "$cache/maven"
  work=$(mktemp -d "$cache/maven/fetch.XXXXXX")
  if (cd "$work" &&
    mvn -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
      -Dartifact=org.apache.maven:apache-maven:$maven_version:zip:bin -DoutputDirectory="$work" &&
    echo "$maven_sha512  $zip" | sha512sum --check - &&
    "$JAVA_HOME/bin/jar" --extract --file "$zip" && chmod +x apache-maven-$maven_version/bin/mvn &&
    rm -rf "$cache/maven/apache-maven-$maven_version" && mv apache-maven-$maven_version "$cache/maven/"); then
    rm -rf "$work"
  else
    rm -rf "$work"
    return 1
  fi
}

need_c_compiler() {
  need_packages gcc:gcc musl-gcc:musl-tools make:make /usr/include/linux/seccomp.h:linux-libc-dev
}
