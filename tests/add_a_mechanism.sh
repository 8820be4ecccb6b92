#!/usr/bin/env bash
# Adds the worked example of CONTRIBUTING to a copy of the tree, builds the copy and runs the mechanism's tests.
#
# Beside the mechanism's own tests those of parameters are run: they change each of its parameters in mid-run too.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
# A folder of its own: the copy must never be taken for the tree.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}/example"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z | tar --null -cT - | tar -xC "$copy"
cd "$copy"
git apply "$root/examples/announced_amnesty/amnesty.patch"
cp "$root/examples/announced_amnesty/amnesty.rs" crates/model/src/model/mechanisms/measures/
cp "$root/examples/announced_amnesty/amnesty.md" docs/mechanisms/

cargo test --release --package forestall-model --lib -- amnesty:: kept:: kinds::
