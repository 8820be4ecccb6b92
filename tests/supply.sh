#!/usr/bin/env bash
# What comes into the program: by cargo-deny where it is installed (licences, sources, bans, and known faults where their
# list can be fetched), otherwise licences and sources alone.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v cargo-deny > /dev/null; then
  echo "cargo-deny is not installed (cargo install cargo-deny --locked): licences and sources alone"
  exec python3 tests/python/supply.py
fi
for manifest in Cargo.toml fuzz/Cargo.toml benches/peers/Cargo.toml; do
  cargo deny --manifest-path "$manifest" --config "$PWD/deny.toml" --all-features check licenses sources bans
done
code=0
cargo deny --config "$PWD/deny.toml" --all-features check advisories > deny.log 2>&1 || code=$?
if [ "$code" != 0 ] && grep -qi "failed to fetch\|unable to fetch\|failed to acquire\|couldn't connect\|failed to open" deny.log; then
  echo "the list of known faults cannot be fetched here: not looked at"
elif [ "$code" != 0 ]; then
  cat deny.log
  rm -f deny.log
  exit 1
else
  echo "no known fault"
fi
rm -f deny.log
