#!/usr/bin/env bash
# Reads a run and a sweep with R's package arrow: tests/r/arrow.sh RUN PLAN_DIR [FOLDER]
# Debian has arrow in its unstable distribution alone, so that is unpacked into FOLDER and used from there. Needs root.
# Exit code 3: it could not be unpacked, nothing was tested.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
run=$(realpath "$1") sweep=$(realpath "$2") root=$(realpath -m "${3:-$(mktemp -d)/unstable}")
[ "$(id -u)" = 0 ] || { echo "a system within the system needs root"; exit 3; }
unpacked() {
  command -v debootstrap || { apt-get update -qq && apt-get install -y -qq debootstrap; } || return 1
  timeout 300 debootstrap --variant=minbase sid "$root" http://deb.debian.org/debian &&
    DEBIAN_FRONTEND=noninteractive timeout 300 chroot "$root" apt-get install -y -qq --no-install-recommends r-cran-arrow r-cran-dplyr
}
if [ ! -x "$root/usr/bin/Rscript" ] && ! unpacked > "$root.log" 2>&1; then
  tail -n 5 "$root.log"
  echo "R's package arrow could not be installed; nothing was read with it"
  exit 3
fi
mkdir -p "$root/read"
cp -r "$run" "$root/read/run"
cp -r "$sweep" "$root/read/sweep"
cp "$here"/read_results.R "$here"/read_sweep.R "$root/read/"
chroot "$root" Rscript /read/read_results.R /read/run > "$root.out" 2>&1 || { cat "$root.out"; exit 1; }
cat "$root.out"
grep -qx "arrow read the same" "$root.out" || { echo "arrow was not used"; exit 1; }
chroot "$root" Rscript /read/read_sweep.R /read/sweep
rm -r "$root/read"
