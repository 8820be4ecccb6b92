#!/usr/bin/env bash
# Progress on a real terminal of 60 and of 120 columns: tests/progress.sh PROGRAM SCRATCH_FOLDER
# It is one line at either width, with runs done, rate, time left, and the estimate with its interval; messages stand
# above it, and nothing of it is left behind once the run has been stopped.
set -euo pipefail
program=$(realpath "$1") scratch=$2
command -v tmux > /dev/null || {
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tmux > /dev/null
}
export LC_ALL=C.UTF-8
mkdir -p "$scratch"
scenario=$(cd "$(dirname "$0")/.." && pwd)/scenarios/quickstart.toml
socket=forestall-progress-$$
trap 'tmux -L "$socket" kill-server 2> /dev/null || true' EXIT
pane() { tmux -L "$socket" capture-pane -p -t "$1"; }

for columns in 60 120; do
  tmux -u -L "$socket" new-session -d -s "w$columns" -x "$columns" -y 20 \
    "'$program' run '$scenario' --replications 100000 --out '$scratch/$columns'; echo ended with \$?; sleep 600"
  # Whole lines: runs of all, rate, time left, and an estimate between its limits.
  whole='^.*[0-9]+/500000.* · [0-9.e]+/s · [0-9.]+ (s|min|h).* · .*[0-9.]+ \[[0-9.]+, [0-9.]+\].*$'
  seen=0 last=
  for _ in $(seq 400); do
    shown=$(pane "w$columns")
    lines=$(grep -c '/500000' <<< "$shown" || true)
    [ "$lines" -le 1 ] || { echo "$columns columns: progress stands on $lines lines"; echo "$shown"; exit 1; }
    line=$(grep '/500000' <<< "$shown" || true)
    if grep -qE "$whole" <<< "$line" && [ "$line" != "$last" ]; then
      seen=$((seen + 1)) last=$line
    fi
    [ "$seen" -ge 8 ] && break
    sleep 0.25
  done
  [ "$seen" -ge 8 ] || { echo "$columns columns: no whole line of progress came eight times"; pane "w$columns"; exit 1; }
  echo "$columns columns: $last"
  [ "${#last}" -le "$columns" ] || { echo "the line is ${#last} columns wide"; exit 1; }
  if [ "$columns" = 120 ]; then
    grep -q 'baseline .* attacks' <<< "$last" || { echo "a wide line does not say what is estimated"; exit 1; }
  fi
  tmux -L "$socket" send-keys -t "w$columns" C-c
  for _ in $(seq 400); do
    pane "w$columns" | grep -q 'ended with' && break
    sleep 0.25
  done
  # With what has scrolled away, and lines that the terminal has broken put together.
  shown=$(tmux -L "$socket" capture-pane -p -J -S -200 -t "w$columns")
  grep -q 'ended with 75' <<< "$shown" || { echo "$columns columns: not stopped as asked"; echo "$shown"; exit 1; }
  if grep -q ' · ' <<< "$shown"; then
    echo "$columns columns: progress was left behind"; echo "$shown"; exit 1
  fi
  grep -q 'stopping after' <<< "$shown" || { echo "$columns columns: the message is gone"; echo "$shown"; exit 1; }
done
