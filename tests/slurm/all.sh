#!/usr/bin/env bash
# Sweeps on a real Slurm cluster, with its usual accidents: tests/slurm/all.sh PROGRAM [SCRATCH_FOLDER]
# One cluster serves all cases, which run at the same time. Each case shows from logs that its accident happened, and
# then that the merged table is that of one machine, byte for byte. CASES="one other" runs these alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
FORESTALL=$(realpath "$1")
export FORESTALL
scratch=$(realpath -m "${2:-$(mktemp -d)}")
mkdir -p "$scratch"
cluster=$scratch/cluster
scenario=$here/../../scenarios/quickstart.toml
finish() {
  mountpoint -q "$scratch/full/parts" 2> /dev/null && umount "$scratch/full/parts"
  "$here/down.sh" "$cluster"
}
trap finish EXIT
"$here/up.sh" "$cluster"
source "$cluster/env.sh"

fail() { echo "$1"; exit 1; }
# The lines of LOG... must hold TEXT, or the accident did not happen.
shows() { local text=$1; shift; grep -qF -- "$text" "$@" || fail "no log says: $text"; }
# plan NAME POINTS: a sweep in $scratch/NAME, in the folder that $sweep names.
plan() {
  "$FORESTALL" -q sweep plan "$scenario" --design lhs --points "$2" --replications 4 --lever services.analysts=10..60 \
    --lever services.case_officers=20..150 --policies all --no-pilot --out "$scratch/$1-out" > /dev/null
  mv "$scratch/$1-out"/quickstart-* "$scratch/$1"
  sweep=$scratch/$1
}
equal() {
  cmp "$sweep/results/replications.parquet" "$scratch/$1/results/replications.parquet"
  cmp "$sweep/results/failures.csv" "$scratch/$1/results/failures.csv"
}
submit() { "$FORESTALL" sweep submit "$sweep" --cpus 1 "$@"; }
# code COMMAND...: it must leave with the code $want.
code() {
  local found=0
  "$@" > "$sweep.said" 2>&1 || found=$?
  cat "$sweep.said"
  [ "$found" = "$want" ] || fail "exit code $found, expected $want"
}
ended() { while squeue -h -j "$1" 2> /dev/null | grep -q .; do sleep .5; done; }

array_of_20() {
  plan array 40
  submit --shards 20 --wait
  [ "$(grep -l 'of 20: ' "$sweep"/logs/array-*.log | wc -l)" = 20 ] || fail "not every task said what it did"
  # Not all tasks on one node.
  [ "$(grep -oE 'Allocate .*NodeList=n[0-9]' "$cluster/log/slurmctld.log" | grep -oE 'n[0-9]$' | sort -u | wc -l)" -ge 2 ] ||
    fail "one node did all the work"
  equal small
}

node_killed() {
  plan node 40
  local job merge
  submit --shards 4 --json --program "$here/slowly.sh" > "$sweep.jobs"
  job=$(sed -n 's/.*"array": "\(.*\)".*/\1/p' "$sweep.jobs")
  merge=$(sed -n 's/.*"merge": "\(.*\)".*/\1/p' "$sweep.jobs")
  # A node that runs one of these tasks dies.
  local node=""
  for _ in $(seq 240); do
    node=$(squeue -h -t R -j "$job" -o %N | head -1)
    [ -n "$node" ] && break
    sleep .5
  done
  [ -n "$node" ] || fail "no task began"
  sleep 5
  kill -KILL "$(cat "$cluster/run/slurmd.$node.pid")"
  echo "killed $node"
  for _ in $(seq 240); do
    grep -qE "[Rr]equeue.*due to failure of node $node" "$cluster/log/slurmctld.log" && break
    sleep .5
  done
  grep -E "[Rr]equeue.*due to failure of node $node" "$cluster/log/slurmctld.log" || fail "the tasks of $node were not queued again"
  touch "$sweep/go"
  slurmd -N "$node" >> "$cluster/log/slurmd.out" 2>&1 < /dev/null
  ended "$job,$merge"
  equal small
}

time_limit_warned() {
  plan warned 40
  submit --shards 1 --time 2 --wait --program "$here/slowly.sh"
  shows "stopped early" "$sweep"/logs/array-*.log
  shows "goes back into the queue" "$sweep"/logs/array-*.log
  # The second start found what the first had kept, and ran the rest.
  grep -E 'shard 0 of 1: [1-9][0-9]* of [0-9]+ runs were there' "$sweep"/logs/array-*.log || fail "the second start found nothing"
  equal small
}

time_limit_killed() {
  plan killed 40
  # The warning comes so late that the limit itself ends the task.
  want=75 code submit --shards 1 --time 1 --wait --program "$here/slowly.sh" --option=--signal=B:URG@1
  shows "DUE TO TIME LIMIT" "$sweep"/logs/array-*.log
  shows "runs are missing" "$sweep"/logs/merge-*.log
  "$FORESTALL" sweep status "$sweep" | grep -F -- '--array=0'
  submit --shards 1 --wait
  equal small
}

full_disk() {
  plan full 40
  mount -t tmpfs -o size=4m none "$sweep/parts"
  # All but a little is taken.
  fallocate -l $((4 * 1024 * 1024 - 200 * 1024)) "$sweep/parts/filler"
  want=75 code submit --shards 5 --wait
  shows "free some space" "$sweep"/logs/array-*.log
  shows "runs are missing" "$sweep"/logs/merge-*.log
  rm "$sweep/parts/filler"
  "$FORESTALL" sweep status "$sweep"
  submit --shards 5 --wait
  equal small
  umount "$sweep/parts"
}

stale_shard() {
  plan other 20
  "$FORESTALL" -q sweep run "$sweep" --threads 1 --shard 0/20
  plan stale 40
  submit --shards 4 --emit slurm > /dev/null
  mkdir -p "$sweep/parts/000000"
  cp "$scratch"/other/parts/000000/*.part "$sweep/parts/000000/"
  want=5 code submit --shards 4
  local job
  job=$(sbatch --parsable "$sweep/array.slurm")
  ended "$job"
  shows "holds another run" "$sweep"/logs/array-"$job"_0.log
  want=5 code "$FORESTALL" sweep merge "$sweep"
  "$FORESTALL" sweep status "$sweep" | grep -F "of another design"
  for part in "$scratch"/other/parts/000000/*.part; do rm "$sweep/parts/000000/${part##*/}"; done
  submit --shards 4 --wait
  equal small
}

two_copies() {
  plan copies 40
  submit --shards 2 --emit slurm --program "$here/slowly.sh" > /dev/null
  local one two
  one=$(sbatch --parsable --array=0 "$sweep/array.slurm")
  two=$(sbatch --parsable --array=0 "$sweep/array.slurm")
  # The first has kept a part, and stands still when the second begins.
  for _ in $(seq 480); do
    [ "$(squeue -h -t R -j "$one,$two" | wc -l)" = 2 ] && break
    sleep .5
  done
  sleep 2
  touch "$sweep/go"
  ended "$one"
  ended "$two"
  # Both computed, so at least one run was computed twice.
  local sum
  sum=$(sed -nE 's/.*runs were there, ([0-9]+) computed.*/\1/p' "$sweep/logs/array-${one}_0.log" "$sweep/logs/array-${two}_0.log" | paste -sd+ | bc)
  local runs
  runs=$("$FORESTALL" sweep status "$sweep" --shards 2 --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["shards"][0]["runs"])')
  echo "two copies computed $sum times $runs runs"
  [ "$sum" -gt "$runs" ] || fail "the copies did not overlap"
  submit --shards 2 --wait
  equal small
}

cancelled() {
  plan cancelled 40
  local job merge
  submit --shards 1 --json --program "$here/slowly.sh" > "$sweep.jobs"
  job=$(sed -n 's/.*"array": "\(.*\)".*/\1/p' "$sweep.jobs")
  merge=$(sed -n 's/.*"merge": "\(.*\)".*/\1/p' "$sweep.jobs")
  for _ in $(seq 240); do
    [ -n "$(find "$sweep/parts" -name '*.part')" ] && break
    sleep .5
  done
  scancel "$job"
  ended "$job,$merge"
  shows "stopped early" "$sweep/logs/array-${job}_0.log"
  scontrol show job -o "${job}_0" | grep "JobState=CANCELLED" || fail "a task that was cancelled came back"
  want=75 code "$FORESTALL" sweep merge "$sweep"
  submit --shards 1 --wait
  equal small
}

# A table of a calibration in shards, one of which is stopped and goes on, is that of one process.
calibration() {
  local facts=$here/../../scenarios/calibration/small-targets.toml small=$here/../../scenarios/calibration/small.toml
  local fit=("$FORESTALL" calibrate "$small" --targets "$facts" --method regression --simulations 1200 --truths 100 --draws 50)
  local out=$scratch/calibration job
  mkdir -p "$out"
  cat > "$out/fit.slurm" <<SCRIPT
#!/bin/bash
#SBATCH --array=0-3 --cpus-per-task=1 --time=10 --requeue --signal=TERM@60 --output=$out/task-%A_%a.log --open-mode=append
code=0
srun $(printf '%q ' "${fit[@]}") --out $(printf '%q' "$out/many") --shard auto/4 --threads 1 || code=\$?
if [ "\$code" = 75 ]; then scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\$SLURM_ARRAY_TASK_ID"; fi
exit "\$code"
SCRIPT
  job=$(sbatch --parsable "$out/fit.slurm")
  for _ in $(seq 240); do
    compgen -G "$out/many/*/shards/0-of-4.json" > /dev/null && break
    sleep .2
  done
  # The warning of a time limit.
  scancel --signal=TERM "${job}_0" || true
  ended "$job"
  shows "goes on" "$out"/task-*.log
  grep -hE 'shard [0-3] of 4: 300 of 300 points are there' "$out"/task-*.log | sort -u
  [ "$(grep -hoE 'shard [0-3] of 4: 300 of 300' "$out"/task-*.log | sort -u | wc -l)" = 4 ] || fail "a shard is not whole"
  "${fit[@]}" --out "$out/many" --json > "$out/many.json"
  "${fit[@]}" --out "$out/one" --json > "$out/one.json"
  for table in posterior particles truths; do
    cmp "$out"/many/*/"$table.csv" "$out"/one/*/"$table.csv"
  done
}

hostile_folder() {
  local folder
  for folder in "a b it's" 'say "so" #1;&|' '$(id) `id` $HOME' '%A %j 100 %' 'été 共享'; do
    mkdir -p "$scratch/hostile"
    plan "hostile/$folder" 2
    submit --shards 2 --wait
    [ "$(find "$sweep/logs" -name 'array-*_[01].log' -size +0 | wc -l)" = 2 ] || fail "logs are not in $sweep/logs"
  done
}

# The same sweep on one machine.
plan small 40
"$FORESTALL" -q sweep run "$sweep" > /dev/null

cases=${CASES:-"array_of_20 node_killed time_limit_warned time_limit_killed full_disk stale_shard two_copies cancelled calibration hostile_folder"}
for case in $cases; do
  (set -x; "$case") > "$scratch/$case.log" 2>&1 &
  running+=("$case:$!")
done
bad=0
for entry in "${running[@]}"; do
  if wait "${entry#*:}"; then
    echo "ok: ${entry%:*} (${SECONDS} s)"
  else
    echo "FAILED: ${entry%:*}"
    tail -n 25 "$scratch/${entry%:*}.log"
    bad=1
  fi
done
exit "$bad"
