#!/usr/bin/env bash
# Instructions of the three ways, a sympathiser: benches/peers/count.sh [RESIDENTS]; fails where the answers differ or
# the engine takes more than 1.5 times the loop's.
set -euo pipefail
cd "$(dirname "$0")"
residents=${1:-1000000}
command -v valgrind >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq valgrind >/dev/null; }
program=$(cargo build --release --message-format=json | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -1)
[ -x "$program" ] || { echo "the bench could not be built"; exit 1; }
"$program" check

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for way in engine loop ixa; do
    valgrind --tool=callgrind --callgrind-out-file="$scratch/out" --collect-atstart=no \
        --toggle-collect='*measured*' "$program" count "$way" "$residents" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
    people=$(sed -n "s/^$way: \([0-9]*\)$/\1/p" "$scratch/log")
    count=$(sed -n 's/^.*Collected : \([0-9]*\).*$/\1/p' "$scratch/log")
    [ "${count:-0}" -gt 0 ] && [ "${people:-0}" -gt 0 ] || { echo "$way: nothing was counted"; cat "$scratch/log"; exit 1; }
    echo "$way $people $count" >>"$scratch/counts"
done
awk '{ each[$1] = $3 / $2; printf "%s: %d sympathisers, %.0f instructions, %.0f each\n", $1, $2, $3, $3 / $2 }
     END {
         printf "engine ÷ loop %.2f, ixa ÷ engine %.2f\n", each["engine"] / each["loop"], each["ixa"] / each["engine"]
         if (each["engine"] > 1.5 * each["loop"]) { print "FAIL: more than 1.5 times the loop"; exit 1 }
     }' "$scratch/counts"
"$program" time "$residents"
