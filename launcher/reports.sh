# Counts the tests of a Maven run from the XML reports that surefire and failsafe write, one file for each test class.

reports() { find "$home" -path '*/node_modules' -prune -o -path '*/target/*-reports/TEST-*.xml' -print; }

clear_reports() { reports | xargs -r rm -f; }

# sum_reports: prints 'PASSED FAILED SKIPPED'.
sum_reports() {
  reports | while read -r file; do grep -m 1 -A 3 '<testsuite ' "$file" | tr '\n' ' ' && echo; done | awk '
    function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
    { tests += count("tests"); failed += count("errors") + count("failures"); skipped += count("skipped") }
    END { print tests - failed - skipped, failed + 0, skipped + 0 }'
}

# list_unsuccessful: a line for each test that failed or was skipped, with its reason.
list_unsuccessful() {
  reports | while read -r file; do awk -v RS='<' '
    function attribute(name,   from) {
      if (!match($0, "[ \n]" name "=\"[^\"]*\"")) return ""
      from = RSTART + length(name) + 3
      return substr($0, from, RLENGTH - length(name) - 4)
    }
    function plain(text) {
      gsub(/&#10;.*|\n.*/, "", text); gsub(/&quot;/, "\"", text); gsub(/&lt;/, "<", text)
      gsub(/&gt;/, ">", text); gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text)
      return text
    }
    /^testcase[ \n]/ { test = attribute("classname") "." attribute("name") }
    /^(failure|error)[ \n]/ && test != "" { print "FAILED  " plain(test) ": " plain(attribute("message")); test = "" }
    /^skipped/ && test != "" { print "SKIPPED " plain(test) ": " plain(attribute("message")); test = "" }
    ' "$file"; done
}
