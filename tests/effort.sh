#!/usr/bin/env bash
# What `check` promises against what `run` takes: tests/effort.sh PROGRAM SCRATCH_FOLDER [SCENARIO REPLICATIONS]
# Time, memory and disk must be right within a factor of 1.5. Time is judged by processor time, so that other work on the
# machine does not decide; the wall time, which must agree with it on an idle machine, is printed beside it. The best of
# three tries counts: an estimate that is wrong by itself is wrong three times.
set -euo pipefail
program=$1 scratch=$2
scenario=${3:-$(cd "$(dirname "$0")/.." && pwd)/scenarios/quickstart.toml} replications=${4:-400}
mkdir -p "$scratch"
for try in 1 2 3; do
  "$program" check "$scenario" --replications "$replications" --json > "$scratch/check-$try.json"
  if python3 - "$program" "$scenario" "$replications" "$scratch" "$try" <<'P'; then exit 0; fi
import json
import pathlib
import resource
import subprocess
import sys
import time

program, scenario, replications, scratch, attempt = sys.argv[1:]
promised = json.load(open(f"{scratch}/check-{attempt}.json"))
out = pathlib.Path(scratch) / attempt
began = time.time()
subprocess.run([program, "-q", "run", scenario, "--replications", replications, "--out", out], check=True,
               stdout=subprocess.DEVNULL)
wall, used = time.time() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"seconds: promised {promised['seconds']:.2f}, by the wall {wall:.2f}")
took = {
    "processor_seconds": used.ru_utime + used.ru_stime,
    "memory": used.ru_maxrss * 1024,
    "bytes": sum(f.stat().st_size for f in out.rglob("*") if f.is_file()),
}
ratios = {what: promised[what] / taken for what, taken in took.items()}
for what, taken in took.items():
    print(f"{what}: promised {promised[what]:.4g}, took {taken:.4g} ({ratios[what]:.2f})")
sys.exit(0 if all(1 / 1.5 <= ratio <= 1.5 for ratio in ratios.values()) else 1)
P
done
echo "the estimate was wrong three times"
exit 1
