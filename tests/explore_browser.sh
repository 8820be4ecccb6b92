#!/usr/bin/env bash
# The explorer in headless Chromium: tests/explore_browser.sh PROGRAM SCRATCH_FOLDER [SWEEP_FOLDER]
# Moves sliders, sees numbers change, saves a policy and runs the saved file; looks at three widths, light and dark.
set -euo pipefail
program=$(realpath "$1") scratch=$2
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$scratch"
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
if [ ! -x "$scratch/venv/bin/python" ]; then
  python3 -m venv "$scratch/venv"
  "$scratch/venv/bin/pip" install --quiet "playwright==1.*"
fi
"$scratch/venv/bin/python" "$here/tests/python/explore_page.py" "$program" "$here/scenarios/quickstart.toml" \
  "$scratch/pages" ${3:+"$3"}
