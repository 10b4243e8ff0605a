# Reads Maven's log as it grows; prints a line for each module and each test class, with the tests counted so far.

/^\[INFO\] Building .* \[[0-9]+\/[0-9]+\]/ {
  sub(/^\[INFO\] Building /, "")
  sub(/ +[^ ]+ +\[/, " [")
  print "atoll: module " $0
  fflush()
}

/Tests run: [0-9]+, Failures: [0-9]+, Errors: [0-9]+, Skipped: [0-9]+, Time elapsed: .* in / {
  match($0, /Tests run: [0-9]+/)
  total += substr($0, RSTART + 11, RLENGTH - 11)
  failing = $0 ~ /<<< (FAILURE|ERROR)/ ? "  FAILING" : ""
  name = $0
  sub(/.* in /, "", name)
  time = $0
  sub(/.*Time elapsed: /, "", time)
  sub(/ -- in.*| <<<.*/, "", time)
  print "atoll:   " total " tests, " name ", " time failing
  fflush()
}

/^\[conformance\] / { sub(/^\[conformance\]/, "atoll:  "); print; fflush() }
