#!/usr/bin/env bash
# Empties one mechanism after another and requires that one of its own tests notices.
#
# Builds the tests once with the feature `silence` (and `record`, as tests/randomness.sh does: one build serves both).
# With FORESTALL_SILENCE unset all tests of mechanisms must pass; with FORESTALL_SILENCE=<table> at least one test of
# that mechanism must fail.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo test --release --features record,silence --test suite --no-run --quiet
suite=$(cargo test --release --features record,silence --test suite --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"executable":"\([^"]*suite-[^"]*\)".*/\1/p' | tail -1)
cargo build --release --features record,silence --quiet --bin forestall --message-format=json >/dev/null
tables=$(cargo run --release --features record,silence --quiet --bin forestall -- list mechanisms |
    awk '$1 ~ /^(M[0-9]|7c|costs|lever)/ { print $1 ":" $2 }')

# The tests of a mechanism begin with its number, or with its table's name where it has none of its own.
tests_of() {
    case "$1" in
        M2:grievance) echo m02_grievance ;;
        M2:onset) echo m02_onset ;;
        M7:languages) echo m07_languages ;;
        M7:*) echo m07_virtual ;;
        M21:evidence) echo m21_evidence ;;
        M15:harm) echo m15_harm ;;
        M15:work) echo m15_work ;;
        M28:dots) echo m28_dots ;;
        M28:*) echo m28_pool ;;
        M19-M24:services) echo services_ ;;
        M*) printf 'm%02d_\n' "$((10#$(sed 's/^M\([0-9]*\).*/\1/' <<<"$1")))" ;;
        *) echo "${1#*:}_" ;;
    esac
}

passed=0
failed=0
note() { # verdict, line
    printf '%-4s %s\n' "$1" "$2"
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

unset FORESTALL_SILENCE
if RUST_BACKTRACE=0 "$suite" mechanisms:: >/dev/null 2>&1; then
    note ok "nothing silenced: all tests of mechanisms pass"
else
    note FAIL "nothing silenced: a test of a mechanism fails"
fi

for entry in $tables; do
    table=${entry#*:}
    filter=$(tests_of "$entry")
    log=$(FORESTALL_SILENCE=$table RUST_BACKTRACE=0 timeout 60 "$suite" "::$filter" 2>&1) && code=0 || code=$?
    ran=$(sed -n 's/^running \([0-9]*\) tests*$/\1/p' <<<"$log" | head -1)
    noticed=$(grep -c '\.\.\. FAILED$' <<<"$log" || true)
    if [ "${ran:-0}" -gt 0 ] && [ "$code" -ne 0 ] && [ "$code" -ne 124 ] && [ "$noticed" -gt 0 ]; then
        note ok "$table: noticed by $noticed of $ran tests ($filter)"
    else
        note FAIL "$table: not noticed by any of ${ran:-0} tests ($filter)"
    fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
