#!/usr/bin/env bash
# Draws every picture of docs/gallery.md anew from shipped scenarios, into docs/figures/gallery.
#
# docs/book/gallery.sh PROGRAM WORK: ten minutes of two cores. PROGRAM is the built program, WORK a folder for the runs.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "$1")
work=$2
into=docs/figures/gallery
mkdir -p "$work" "$into"
run() { "$program" -q --out "$work" "$@" > "$work/last.txt"; }
folder() { echo "$work"/$1; }
# A picture under the name that the page uses.
take() {
  cp "$1/charts/$2.png" "$into/$2.png"
  printf '%s\n' "$into/$2.png"
}

# A run: the charts of its report.
run run scenarios/quickstart.toml --replications 400
quick=$(folder 'quickstart-????????????')
"$program" -q replay "$quick" --summary > "$work/last.txt"
for name in effect_attacks_completed distribution_attacks_completed pipeline plot_lives pathway_outcome \
  cumulative_attacks_completed services_over_time countries reliability harm_cost mechanisms; do
  take "$quick" "$name"
done

# Countries that have a place on a map, and more years than one.
run run scenarios/europe-2014-2016.toml
for name in country_grid foiled_share_by_year foiled_share_by_start; do take "$(folder 'europe-2014-2016-*')" "$name"; done

# One plot under two policies.
first='import json,sys; print(next((x["plot"] for q in json.load(sys.stdin)["policies"] for x in q["plots"]), ""))'
for replication in $(seq 0 50); do
  plot=$("$program" -q replay "$quick" --replication "$replication" --policy both --json | python3 -c "$first")
  [ -z "$plot" ] || break
done
run replay "$quick" --replication "$replication" --policy both --plot "$plot" --out "$work/replay"
cp "$work"/replay/charts/*.png "$into/twin_lives.png"

# Thresholds, ladders of one lever, sting cases.
run run scenarios/intervention-threshold.toml --replications 60
take "$(folder 'intervention-threshold-*')" roc
run run scenarios/staff-stationary.toml --replications 60
cp "$(folder 'staff-stationary-*')"/charts/ladder_attacks_completed.png "$into/"
run run scenarios/united-states-2014-2017.toml --replications 40
states=$(folder 'united-states-2014-2017-*')
"$program" -q replay "$states" --stings > "$work/last.txt"
take "$states" stings

# Designs: which parameters matter, where an outcome happens, which policy is robust.
plan() {
  run sweep plan scenarios/quickstart.toml "$@" --no-pilot --lever peers.introductions_per_year=0.05..0.3 \
    --lever leads.committed_per_year=0.1..1 --lever services.case_officers=20..150 --lever services.analysts=10..60
  tail -n 1 "$work/last.txt"
}
many=$(plan --design lhs --points 300 --policies all --replications 4)
"$program" -q sweep run "$many" > "$work/last.txt"
run sensitivity "$many" --method pawn --out "$work/pawn"
for name in sensitivity tornado; do take "$work/pawn" "$name"; done
run discover "$many" --outcome attacks_completed --inside 'attacks_completed>=3 && leads_stale>=20' \
  --out "$work/discover"
cp "$work"/discover/charts/cases_1.png "$into/cases.png"
run robust "$many" --outcome attacks_completed --out "$work/robust"
take "$work/robust" regret
few=$(plan --design morris --points 20 --replications 8)
"$program" -q sweep run "$few" > "$work/last.txt"
run sensitivity "$few" --method morris --out "$work/morris"
take "$work/morris" morris

# Choosing: selection, decision, front, a side that answers, two runs.
run select scenarios/quickstart.toml --zone 0.3 --out "$work/select"
cp "$work"/select/charts/*.png "$into/selection.png"
run decide "$quick" --value-per-attack 50e6 --out "$work/decide"
for name in acceptability plane; do take "$work/decide" "$name"; done
run optimize scenarios/quickstart.toml --lever 'services.analysts*=0.5..3' --lever 'services.case_officers*=0.5..3' \
  --budget 700000 --simulations 1500 --population 16
front=$(folder 'quickstart-optimize-*')
for name in pareto levers convergence; do take "$front" "$name"; done
run respond scenarios/quickstart.toml --freedom pathways.tie_share=0..0.6 --freedom 'work.task_days*=0.5..1.5'
take "$(folder 'quickstart-respond-*')" responding
run run scenarios/quickstart.toml --replications 400 --seed 2 --out "$work/second"
run compare "$quick" "$work"/second/quickstart-* --out "$work/compare"
cp "$(ls "$work"/compare/charts/*.png | head -n 1)" "$into/comparison.png"

# A fit and its checks; a forecast held against what came.
run calibrate scenarios/calibration/small.toml --targets scenarios/calibration/small-targets.toml --method regression \
  --simulations 2000 --draws 200
fit=$(folder 'calibration-small-calibration-*')
for name in posterior predictive ranks; do take "$fit" "$name"; done
run score "$quick" --observed scenarios/calibration/small-targets.toml --out "$work/score"
for name in pit forecasts; do take "$work/score" "$name"; done
