#!/usr/bin/env bash
# Runs $FORESTALL as on a machine ten times slower, unless the scheduler has started this task before.
# Stopping and waking the program costs no processor time, so a test of long tasks does not have to compute for long.
if [ -z "${SLURM_RESTART_COUNT:-}" ]; then
  (
    while kill -0 $$ 2> /dev/null; do
      kill -STOP $$
      sleep .9
      kill -CONT $$
      sleep .1
    done
  ) > /dev/null 2>&1 &
fi
exec "$FORESTALL" "$@"
