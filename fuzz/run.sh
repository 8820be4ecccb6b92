#!/usr/bin/env bash
# Fuzzes readers, SECONDS each: fuzz/run.sh SECONDS [READER…]. Ends with an error at the first input that panics, takes
# more than 10 seconds or more than 1 GB.
set -euo pipefail
cd "$(dirname "$0")"
seconds=${1:?seconds a reader}
shift
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=($(ls corpus))

export RUSTFLAGS="-C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
-C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table \
-C llvm-args=-sanitizer-coverage-trace-compares"
target=${CARGO_TARGET_DIR:-$PWD/target}
# With a target named, build scripts and macros are built without the flags.
host=$(rustc -vV | sed -n 's/^host: //p')
CARGO_TARGET_DIR=$target cargo build --release --quiet --target "$host"
program=$target/$host/release/readers

for reader in "${readers[@]}"; do
  # What is found new stays out of the corpus that is kept.
  new=$(mktemp -d)
  mkdir -p found
  log=$(mktemp)
  if ! FORESTALL_READER=$reader "$program" "$new" "corpus/$reader" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=1024 -max_len=65536 -artifact_prefix="found/$reader-" -print_final_stats=1 > "$log" 2>&1; then
    tail -40 "$log"
    echo "$reader: failed; the input is in fuzz/found/"
    exit 1
  fi
  printf '%s: %s inputs in %s s, %s\n' "$reader" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
    "$(grep -o 'cov: [0-9]*' "$log" | tail -1)"
  rm -rf "$new" "$log"
done
