# Reads deb822 apt sources (sources.list(5)); prints the enabled binary stanzas that have the suite -v suite=NAME, with
# that suite's backports in its place and the component main.

function finish() {
  if (stanza != "" && wanted && binary && !disabled) printf "%s\n", stanza
  stanza = ""
  wanted = binary = disabled = 0
}

/^[ \t]*$/ { finish(); next }
/^#/ { next }
tolower($1) == "enabled:" { if (tolower($2) == "no" || tolower($2) == "false") disabled = 1; next }
tolower($1) == "types:" { for (i = 2; i <= NF; i++) if ($i == "deb") binary = 1; stanza = stanza "Types: deb\n"; next }
tolower($1) == "suites:" {
  for (i = 2; i <= NF; i++) if ($i == suite) wanted = 1
  stanza = stanza "Suites: " suite "-backports\n"
  next
}
tolower($1) == "components:" { stanza = stanza "Components: main\n"; next }
{ stanza = stanza $0 "\n" }
END { finish() }
