#!/usr/bin/env bash
# The job scripts that `sweep submit --emit` writes, held against what schedulers take:
# tests/schedulers.sh PROGRAM SCRATCH_FOLDER [PYTHON]
# Names of folders, sweeps and images that hurt; Kubernetes manifests against the schema of its batch/v1 Job (PYTHON has
# kubernetes-validate); PBS directives against the reading of qsub. No such cluster is started: see docs/cluster.md.
set -euo pipefail
program=$1 scratch=$2 python=${3:-python3}
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$scratch"
mkdir -p "$scratch"

number=0
for folder in "plain" "a b" "it's" 'say "so"' '$(id) `id` $HOME' '100 % #1;&|' '-x' 'été 共享' '{{ x }}'; do
  number=$((number + 1))
  out="$scratch/$folder"
  sed "s/^name = .*/name = \"2-Long_name-$number-$(printf 'x-%.0s' {1..20})\"/" "$here/../scenarios/quickstart.toml" > "$scratch/s.toml"
  planned=$("$program" sweep plan "$scratch/s.toml" --design lhs --points 4 --replications 1 --no-pilot \
    --lever services.analysts=10..60 --out "$out")
  for kind in slurm pbs k8s; do
    "$program" sweep submit "$planned" --emit "$kind" --shards 3 --cpus 4 --throttle 2 --image registry:5000/forestall:1 \
      --option=--account=abc > /dev/null
  done
  for script in "$planned"/*.slurm "$planned"/*.pbs; do bash -n "$script"; done
  "$python" "$here/python/schedulers.py" "$planned"
done
echo "scripts for $number folders are sound"

# The guard itself can fail: the mistake that once stood in every manifest, and others of its kind.
for planted in 's/kind: Job/kind: ClusterJob/' 's/completions: 3/completions: three/' 's/restartPolicy: .*/restartPolicy: Always/' \
  's/^  name: .*/  name: Big_Name/' 's/cpu: "4"/cpu: "four"/' 's/completionMode: .*/completionMode: Each/' 's/^#PBS -o .*/#PBS -o a b/' 's/^#PBS -J .*/#PBS -J 0,2/'; do
  rm -rf "$scratch/planted"
  cp -r "$planned" "$scratch/planted"
  sed -i "$planted" "$scratch/planted"/*.yaml "$scratch/planted"/*.pbs
  if "$python" "$here/python/schedulers.py" "$scratch/planted" "$planned" > /dev/null 2>&1; then
    echo "the guard does not see a planted case: $planted"
    exit 1
  fi
done
