#!/usr/bin/env bash
# The most memory that commands take: tests/memory.sh PROGRAM SCRATCH_FOLDER
# A run of eight times the replications takes the same within 25 %, and both stay below 200 MB; what reads the finished
# run stays below 150 MB. Not in the unit tests: only whole processes have a peak, and two threads make it.
set -euo pipefail
program=$1 scratch=$2
mkdir -p "$scratch"
scenario=$(cd "$(dirname "$0")/.." && pwd)/scenarios/quickstart.toml

peak() { # command: prints the most memory of the process, in MB
  python3 - "$@" <<'P'
import resource
import subprocess
import sys

subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
P
}

flat() { # few, many: false where one is beyond the limit or they are not about the same
  [ "$1" -lt 200 ] && [ "$2" -lt 200 ] && [ $(($2 * 4)) -le $(($1 * 5)) ] && [ $(($1 * 4)) -le $(($2 * 5)) ]
}

# The guard itself can fail: on growth, on a fall as large, on a peak beyond the limit; and takes what it should.
flat 70 80 || { echo "the guard refuses what is flat"; exit 1; }
for planted in "70 90" "90 70" "190 210"; do
  # shellcheck disable=SC2086
  if flat $planted; then echo "the guard does not see a planted case: $planted"; exit 1; fi
done

run() { # replications
  peak "$program" -q run "$scenario" --policies share --threads 2 --replications "$1" --out "$scratch/$1"
}
few=$(run 200) many=$(run 1600)
echo "run: $few MB with 200 replications, $many MB with 1,600"
flat "$few" "$many" || { echo "memory grows with replications, or is beyond 200 MB"; exit 1; }

folder=$(echo "$scratch"/1600/quickstart-*)
for command in "report $folder" "chart $folder" "export $folder" "replay $folder --replication 1599 --policy share"; do
  # shellcheck disable=SC2086
  most=$(peak "$program" -q $command)
  echo "${command%% *}: $most MB"
  [ "$most" -lt 150 ] || { echo "beyond 150 MB"; exit 1; }
done
