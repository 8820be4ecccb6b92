#!/usr/bin/env bash
# Opens pages in headless Chromium: tests/browser.sh REPORT.html SCRATCH_FOLDER [PAGE.html ...]
# Checks of each that its own script ran without error and that it does not scroll sideways on a phone; then all that
# tests/python/report_pages.py looks at: three widths, light and dark, axe-core, keys, downloads, print, no scripts, and
# that the effects which readers pick in a report are those of the run's files beside it.
set -euo pipefail
scratch=$2
pages=("$(realpath "$1")")
for page in "${@:3}"; do pages+=("$(realpath "$page")"); done
if ! command -v chromium >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
fi
flags=(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
  --disable-component-update --disable-sync --user-data-dir="$scratch/chromium")
# A copy with a probe: errors of the page's script and its width come back in the title.
probe='<script>window.addEventListener("error",e=>{document.title="ERROR "+e.message});
window.addEventListener("load",()=>{const w=document.documentElement;
const button=document.querySelector("th button");if(button){button.click();}
document.title+=" | sorted="+!!document.querySelector("th[aria-sort]:not([aria-sort=none])")+" wide="+(w.scrollWidth>w.clientWidth)+" charts="+document.querySelectorAll("svg").length;});</script>'
for report in "${pages[@]}"; do
python3 - "$report" "$scratch/probe.html" "$probe" <<'P'
import sys
text = open(sys.argv[1], encoding="utf-8").read()
assert "</head>" in text, "the report has no head"
open(sys.argv[2], "w", encoding="utf-8").write(text.replace("</head>", sys.argv[3] + "</head>", 1))
P
for size in 1280,900 500,900; do
  title=$(timeout 60 chromium "${flags[@]}" --window-size="$size" --virtual-time-budget=5000 --dump-dom "file://$scratch/probe.html" 2>/dev/null |
    grep -m 1 -o '<title>[^<]*</title>' || true)
  echo "$(basename "$report"), window $size: $title"
  case "$title" in
    *ERROR*) echo "the page's script failed"; exit 1 ;;
    *"wide=true"*) echo "the page scrolls sideways"; exit 1 ;;
    *"sorted=true wide=false charts="[1-9]*) ;;
    *"sorted=true wide=false charts=0"*) [ "$(basename "$report")" = replay.html ] ;;
    *) echo "the page did not come up as it should"; exit 1 ;;
  esac
done
done
if [ ! -x "$scratch/pages-venv/bin/python" ]; then
  python3 -m venv "$scratch/pages-venv"
  "$scratch/pages-venv/bin/pip" install --quiet "playwright==1.*" "axe-playwright-python==0.1.*" "pypdf>=5" "pyarrow>=15"
fi
here=$(cd "$(dirname "$0")/.." && pwd)
"$scratch/pages-venv/bin/python" "$here/tests/python/report_pages.py" "$scratch/shots" "${pages[@]}"
