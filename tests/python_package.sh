#!/usr/bin/env bash
# The Python package, in a clean environment: tests/python_package.sh [PROGRAM [SCRATCH_FOLDER]]
# pip builds ./python and installs it with nothing there but a Rust toolchain and Python; then its tests run, and the
# tutorial as it stands. Results are held against PROGRAM; without one, against the command that came with the package.
set -euo pipefail
program=${1:+$(realpath "$1")}
scratch=$(realpath -m "${2:-$(mktemp -d)}")
cd "$(dirname "$0")/.."
root=$PWD
mkdir -p "$scratch"

# One folder and one workspace for all that is built: what serves the program too is not compiled again.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
python3 -m venv "$scratch/venv"
began=$SECONDS
"$scratch/venv/bin/pip" install --quiet "./python[test]"
echo "built and installed in $((SECONDS - began)) s"

# From elsewhere: the package that is installed is what is tested, not the folder of its sources.
cp -r python/tests "$scratch/tests"
cd "$scratch"
FORESTALL_PROGRAM=$program FORESTALL_ROOT=$root "$scratch/venv/bin/python" -m pytest -q -p no:cacheprovider tests

mkdir -p "$scratch/tutorial/python" "$scratch/tutorial/scenarios"
cp "$root/python/tutorial.ipynb" "$scratch/tutorial/python/"
cp "$root/scenarios/quickstart.toml" "$scratch/tutorial/scenarios/"
cd "$scratch/tutorial/python"
"$scratch/venv/bin/python" - <<'P'
import nbclient
import nbformat

book = nbformat.read("tutorial.ipynb", as_version=4)
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
cells = [cell for cell in book.cells if cell.cell_type == "code"]
shown = sum(bool(cell.outputs) for cell in cells)
print(f"the tutorial: {len(cells)} cells run, {shown} of them show something")
assert shown >= 6, "the tutorial shows what it did"
P

# From R too, where it is there with reticulate.
if command -v Rscript > /dev/null && Rscript -e 'quit(status = !requireNamespace("reticulate", quietly = TRUE))'; then
  echo "from R by reticulate: $(Rscript "$root/tests/r/reticulate.R" "$scratch/venv" "$root/scenarios/quickstart.toml")"
else
  echo "R with reticulate is not there: nothing was run from R"
fi
