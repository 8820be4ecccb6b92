#!/usr/bin/env bash
# Ends the cluster that up.sh started in FOLDER, and nothing else: tests/slurm/down.sh FOLDER
set -uo pipefail
folder=$(realpath -m "$1")
[ -d "$folder/run" ] || exit 0
export SLURM_CONF=$folder/etc/slurm.conf
# Ends the process of a file, if it is still the program that wrote it.
stop() {
  local process
  [ -s "$1" ] || return 0
  process=$(cat "$1")
  [ "$(cat "/proc/$process/comm" 2> /dev/null)" = "$2" ] || return 0
  kill -TERM "$process" 2> /dev/null
  for _ in $(seq 100); do
    [ "$(awk '{print $3}' "/proc/$process/stat" 2> /dev/null || echo Z)" = Z ] && return 0
    sleep .1
  done
  kill -KILL "$process" 2> /dev/null
}
timeout 5 scancel --quiet --user=root 2> /dev/null
for _ in $(seq 50); do [ -z "$(timeout 5 squeue -h -t R,CG 2> /dev/null)" ] && break; sleep .2; done
for file in "$folder"/run/slurmd.n*.pid; do stop "$file" slurmd; done
stop "$folder/run/slurmctld.pid" slurmctld
stop "$folder/run/munged.pid" munged
exit 0
