#!/usr/bin/env bash
# A sweep that gets SIGINT (^C) finishes the points under way, says how to go on and ends with 130; a second SIGINT ends it
# at once. Gone on with, both give the bytes of a sweep that was left alone.
#
#   Tests/Scripts/interrupt-sweep.sh [POINTS]     (24; DUALROW=path/to/dualrow)
set -euo pipefail
source "$(dirname "$0")/sweep-setup.sh"
points=${1:-24}
printf 'input_tokens,output_tokens\n20,3\n30,2\n27,4\n' > "$work/requests.csv"
cat > "$work/sweep.yaml" << YAML
machine: neupims
workload: {model: tiny.yaml, requests: requests.csv}
grid:
  memory.pim.fill_dot_products: {from: 1, to: $((points / 2))}
  options.max_batch: [1, 4]
YAML
fail() { echo "$*"; cat "$work/log.txt"; exit 1; }
count() { find "$work/$1/points" -name "$2" 2> /dev/null | wc -l; }

"$dualrow" sweep "$work/sweep.yaml" --out "$work/whole" --jobs 2 > "$work/log.txt"
[ "$(count whole '*.csv')" -eq "$points" ] || fail "expected $points points"

for signals in 1 2; do
    "$dualrow" sweep "$work/sweep.yaml" --out "$work/stopped$signals" --jobs 2 > "$work/log.txt" 2>&1 &
    process=$!
    while [ "$(count stopped$signals '*.csv')" -lt $((points / 4)) ]; do sleep 0.002; done
    for ((signal = 0; signal < signals; signal++)); do kill -INT $process 2> /dev/null || true; done
    status=0
    wait $process || status=$?
    done=$(count stopped$signals '*.csv')
    [ $status -eq 130 ] || fail "$signals signals: exit code $status, not 130"
    [ "$done" -lt "$points" ] || fail "it ran to its end"
    if [ $signals -eq 1 ]; then
        [ "$(count stopped1 '*.partial')" -eq 0 ] || fail "a point was left unfinished"
        grep -q "interrupted with $((points - done)) points to go.*--resume" "$work/log.txt" || fail "it does not say how to go on"
    fi
    "$dualrow" sweep "$work/sweep.yaml" --out "$work/stopped$signals" --jobs 2 --resume > "$work/log.txt"
    [ "$(count stopped$signals '*.partial')" -eq 0 ] || fail "unfinished files are left"
    cmp "$work/whole/points.csv" "$work/stopped$signals/points.csv"
    echo "$signals times SIGINT: stopped after $done of $points points; gone on with: the same bytes"
done
