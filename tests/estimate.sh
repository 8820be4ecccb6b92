#!/usr/bin/env bash
# What `sweep plan` promises against what `sweep run` takes: tests/estimate.sh PROGRAM SCRATCH_FOLDER
# Time and disk must be right within 20 %. Other work on the machine moves time, so the best of three tries counts:
# an estimate that is wrong by itself is wrong three times. The sweep takes ten seconds or more: starting and merging,
# half a second or a whole one that the estimate leaves out, are a tenth of it at most.
set -euo pipefail
program=$1 scratch=$2
mkdir -p "$scratch"
scenario=$(cd "$(dirname "$0")/.." && pwd)/scenarios/quickstart.toml
for try in 1 2 3; do
  folder=$("$program" -q sweep plan "$scenario" --design lhs --points 100 --policies all --replications 9 \
    --lever services.case_officers=20..150 --lever services.analysts=10..60 --out "$scratch/$try")
  began=$(date +%s.%N)
  "$program" -q sweep run "$folder" > /dev/null
  ended=$(date +%s.%N)
  bytes=$(find "$folder/parts" "$folder/results" -type f -printf '%s\n' | paste -sd+ | bc)
  if python3 - "$folder/plan.json" "$began" "$ended" "$bytes" <<'P'; then exit 0; fi
import json
import sys

estimate = json.load(open(sys.argv[1]))["estimate"]
seconds = float(sys.argv[3]) - float(sys.argv[2])
promised = estimate["core_seconds"] / estimate["threads"]
time, disk = promised / seconds, estimate["bytes"] / float(sys.argv[4])
print(f"promised {promised:.1f} s, took {seconds:.1f} s ({time:.2f}); "
      f"promised {estimate['bytes'] / 1e6:.2f} MB, took {float(sys.argv[4]) / 1e6:.2f} MB ({disk:.2f})")
sys.exit(0 if 0.8 <= time <= 1.2 and 0.8 <= disk <= 1.2 else 1)
P
done
echo "the estimate was wrong three times"
exit 1
