#!/usr/bin/env bash
# Counts the instructions of the main parts and holds them against the committed record.
#
#   tests/instructions.sh           fails where a count is more than 5 % above benches/instructions.txt
#   tests/instructions.sh --record  writes the record anew; say why in CHANGELOG.md
#
# Instructions, not seconds: the same program gives the same count on a busy machine.
set -euo pipefail
cd "$(dirname "$0")/.."
record=benches/instructions.txt

# Reads "case count" lines: those measured against those recorded. Prints one line a case; false where one is worse.
judge() { # measured, recorded
    awk 'NR == FNR { if ($1 !~ /^#/) known[$1] = $2; next }
         {
             seen[$1] = 1
             if (!($1 in known)) { printf "FAIL %s: %d, not in the record\n", $1, $2; bad = 1; next }
             ratio = $2 / known[$1]
             verdict = ratio > 1.05 ? "FAIL" : "ok  "
             if (ratio > 1.05) bad = 1
             printf "%s %s: %d, recorded %d, ratio %.3f\n", verdict, $1, $2, known[$1], ratio
         }
         END { for (c in known) if (!(c in seen)) { printf "FAIL %s: recorded, not measured\n", c; bad = 1 }; exit bad }' \
        "$2" "$1"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The guard itself can fail: six per cent more, a missing case, a new case; and takes what it should.
printf 'a 100\nb 100\n' >"$scratch/known"
printf 'a 104\nb 90\n' >"$scratch/good"
printf 'a 106\nb 100\n' >"$scratch/worse"
printf 'a 100\n' >"$scratch/missing"
printf 'a 100\nb 100\nc 1\n' >"$scratch/new"
judge "$scratch/good" "$scratch/known" >/dev/null || { echo "the guard refuses what is within 5 %"; exit 1; }
for planted in worse missing new; do
    if judge "$scratch/$planted" "$scratch/known" >/dev/null; then
        echo "the guard does not see a planted case: $planted"
        exit 1
    fi
done

command -v valgrind >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq valgrind >/dev/null; }
program=$(cargo bench --bench counted --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*counted-[^"]*\)".*/\1/p' | tail -1)
[ -x "$program" ] || { echo "the bench could not be built"; exit 1; }

for case in $("$program" | sed 's/^cases: //'); do
    valgrind --tool=callgrind --callgrind-out-file="$scratch/out" --collect-atstart=no \
        --toggle-collect='*measured*' "$program" "$case" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
    count=$(sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$scratch/log")
    [ -n "$count" ] && [ "$count" -gt 0 ] || { echo "$case: nothing was counted"; cat "$scratch/log"; exit 1; }
    echo "$case $count" >>"$scratch/measured"
done

if [ "${1:-}" = --record ]; then
    { echo "# Instructions by case, counted by tests/instructions.sh --record; a rise belongs in CHANGELOG.md."
      cat "$scratch/measured"; } >"$record"
    cat "$record"
else
    judge "$scratch/measured" "$record"
fi
