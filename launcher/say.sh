# What the launcher tells its user. Everything goes to stderr: stdout belongs to the command's result.

say() { printf 'atoll: %s\n' "$*" >&2; }

# One clear line, what is wrong and what to do, then the end.
fail() {
  say "$*"
  exit 1
}

# step TITLE COMMAND...: runs COMMAND with its output in a log file; a line at the start, every 10 s, and at the end.
# On failure the log's path and last lines are shown, and COMMAND's status is returned.
step() {
  local title=$1 log status=0 started=$SECONDS ticker
  shift
  mkdir -p "$state/log" || fail "cannot write to $state: run as the owner of $home"
  log=$state/log/$(tr -cs 'a-zA-Z0-9' '-' <<<"$title" | cut -c1-60 | sed 's/^-//; s/-*$//').log
  say "$title ..."
  tick "$title" &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  if ((status == 0)); then
    say "$title: done in $((SECONDS - started)) s"
  else
    say "$title: failed after $((SECONDS - started)) s; the end of $log:"
    tail -n 15 "$log" | cut -c1-300 >&2
  fi
  return "$status"
}

# A line every 10 s until it is killed; takes its sleep along.
tick() {
  local started=$SECONDS
  trap 'kill $!; exit' TERM
  while sleep 10 & wait $!; do say "$1: $((SECONDS - started)) s so far"; done
}

need_root() {
  ((EUID == 0)) || fail "'$1' makes sandboxes, which needs root on this machine: run 'sudo $0 $1'"
}
