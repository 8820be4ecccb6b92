#!/usr/bin/env bash
# Runs tests of dieharder on the words that the model draws, and on addresses that hardly differ.
# Prints one line a test; fails if a test says FAILED. With "long", more tests on the streams that are quick to make.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v dieharder > /dev/null || { echo "dieharder is missing: apt-get install dieharder"; exit 1; }
stream=${DRAW_STREAM:-}
if [ -z "$stream" ]; then
  # With the feature of tests/silence.sh too, which changes nothing by itself: both take what is compiled once.
  cargo build --release --quiet --features record,silence --example draw_stream
  stream=${CARGO_TARGET_DIR:-target}/release/examples/draw_stream
fi

failed=0
told=$(mktemp)
trap 'rm -f "$told"' EXIT
# A stream, then tests as NUMBER or NUMBER:SAMPLES; with few samples some tests are unreliable, so only where data run short.
battery() {
  local source=$1 test number samples line
  shift
  for test in "$@"; do
    number=${test%%:*}
    samples=100
    [ "$test" = "$number" ] || samples=${test##*:}
    # The stream ends when the battery closes it. -D: test name, n-tuple, words a sample, samples, p, verdict.
    # shellcheck disable=SC2086
    "$stream" $source 2> /dev/null | dieharder -g 200 -d "$number" -p "$samples" -D 8 -D 16 -D 32 -D 64 -D 128 -D 256 |
      sed "s#^#$source |#" > "$told" || true
    line=$(cat "$told")
    [ -n "$line" ] || { echo "dieharder -d $number said nothing"; exit 1; }
    echo "$line"
    if grep -q FAILED <<< "$line"; then failed=1; fi
  done
}

quick="0 8 10 11 13 15 16 100 101 204"
battery "model scenarios/europe-hand-set.toml" $quick
battery "grid" $quick 1 2
battery "keys" $quick 1 2
if [ "${1:-}" = long ]; then
  battery "model scenarios/europe-hand-set.toml" 4 12 102
  battery "model scenarios/quickstart.toml 32" $quick 1 2 3 4 9 12 17:10 102 205:1
  battery "grid" 3 4 9 12 17:10 102 205:1 206:1
  battery "keys" 3 4 9 12 17:10 102 205:1 206:1
fi
exit $failed
