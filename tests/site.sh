#!/usr/bin/env bash
# The documents as a site: it builds, every page is in it, every link leads somewhere, inside and out of docs/.
#
#     tests/site.sh [FOLDER FOR MDBOOK]
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${1:-target/tools}
version=0.5.4
if ! "$tools/bin/mdbook" --version 2> /dev/null | grep -q "v$version"; then
  cargo install --quiet --locked --version "$version" --no-default-features --features search --root "$tools" mdbook
fi
rm -rf target/book
"$tools/bin/mdbook" build docs
python3 tests/python/site_links.py target/book .
