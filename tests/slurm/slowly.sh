#!/usr/bin/env bash
# Runs $FORESTALL as a long task, however fast it is: once a part of the sweep is kept, a `sweep run` stands still until
# it has had a signal to end, in this start or an earlier one, or until the sweep's folder holds a file `go`.
# Standing still costs no processor time, so a test of long tasks does not have to compute for long.
[ "$1 $2" = "sweep run" ] || exec "$FORESTALL" "$@"
sweep=$3
signalled=$sweep/logs/signalled-${SLURM_ARRAY_TASK_ID:-0}
[ -d "$sweep/parts" ] || { echo "slowly.sh: no sweep in $sweep" >&2; exit 2; }
"$FORESTALL" "$@" &
program=$!
# The scheduler wakes this script with any signal that it sends, and so could not leave the program standing otherwise.
trap 'touch "$signalled"; kill -TERM "$program"; kill -CONT "$program"' TERM
trap '' URG
free() { [ -e "$signalled" ] || [ -e "$sweep/go" ] || ! kill -0 "$program" 2> /dev/null; }
until free || [ -n "$(find "$sweep/parts" -name '*.part' -print -quit)" ]; do sleep .02; done
if ! free; then
  kill -STOP "$program"
  until free; do sleep .2; done
  kill -CONT "$program" 2> /dev/null
fi
# A signal ends a wait, not the program.
code=0
while kill -0 "$program" 2> /dev/null; do
  wait "$program"
  code=$?
done
exit "$code"
