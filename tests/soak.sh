#!/usr/bin/env bash
# A long run with flat memory and handles: tests/soak.sh PROGRAM FOLDER [REPLICATIONS, 10000 by default].
#
# Looks at the process every half second. Memory over the last tenth of the run may exceed that of the second tenth by a
# tenth and 8 MB (what is kept of finished runs is a few bytes a batch); the number of open files may not grow at all.
set -euo pipefail
program=$(realpath "$1")
folder=$2
replications=${3:-10000}
mkdir -p "$folder"
cd "$(dirname "$0")/.."
"$program" -q run scenarios/quickstart.toml --replications "$replications" --policies "" --out "$folder" > "$folder/said.txt" &
child=$!
: > "$folder/watched.txt"
while kill -0 "$child" 2> /dev/null; do
  rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$child/status" 2> /dev/null || true)
  handles=$(ls "/proc/$child/fd" 2> /dev/null | wc -l)
  [ -n "$rss" ] && [ "$handles" -gt 0 ] && echo "$rss $handles" >> "$folder/watched.txt"
  sleep 0.5
done
wait "$child"
python3 - "$folder/watched.txt" "$replications" <<'PY'
import statistics, sys
rows = [tuple(map(int, line.split())) for line in open(sys.argv[1])]
assert len(rows) >= 20, f"only {len(rows)} looks: too short a run to say anything"
tenth = len(rows) // 10
early, late = rows[tenth:2 * tenth], rows[-2 * tenth:-tenth]
memory = [statistics.median(r[0] for r in part) / 1024 for part in (early, late)]
handles = [max(r[1] for r in part) for part in (early, late)]
print(f"{sys.argv[2]} replications, {len(rows)} looks: memory {memory[0]:.0f} MB early and {memory[1]:.0f} MB late, "
      f"{handles[0]} and {handles[1]} open files at most, {max(r[0] for r in rows) / 1024:.0f} MB at most")
assert memory[1] <= 1.1 * memory[0] + 8, "memory grows"
assert handles[1] <= handles[0], "open files grow"
PY
