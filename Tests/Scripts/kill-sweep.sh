#!/usr/bin/env bash
# A sweep that is killed with SIGKILL at random instants and resumed gives the bytes of one that was left alone; so do two
# jobs, and two shards that are collected.
#
#   Tests/Scripts/kill-sweep.sh [POINTS [KILLS]]     (200 and 20; DUALROW=path/to/dualrow, RANDOM_SEED=n)
set -euo pipefail
source "$(dirname "$0")/sweep-setup.sh"
points=${1:-200} kills=${2:-20}
RANDOM=${RANDOM_SEED:-$$}
printf 'seq_len\n20\n130\n207\n' > "$work/requests.csv"
cat > "$work/sweep.yaml" << YAML
machine: neupims
workload: {model: tiny.yaml, requests: requests.csv}
options: {iterations: 8}
limit: $points
grid:
  memory.pim.fill_dot_products: {from: 1, to: $((points / 2))}
  options.sub_batches: [off, 2]
YAML
sweep() { "$dualrow" sweep "$work/sweep.yaml" --out "$work/$1" "${@:2}" > "$work/log.txt"; }
finished() { find "$work/killed/points" -name '*.csv' 2> /dev/null | wc -l; }
same() { cmp "$work/one/points.csv" "$work/$1/points.csv" && echo "$2: the same bytes"; }

sweep one --jobs 1
rows=$(($(wc -l < "$work/one/points.csv") - 1))
[ "$rows" -eq $((points / 2 * 2)) ] || { echo "expected $points rows, found $rows"; exit 1; }
start=$(date +%s%N)
sweep two --jobs 2
share=$((($(date +%s%N) - start) / 1000000 / (kills + 1)))
same two "two jobs"
sweep shards --shard 2/2
sweep shards --shard 1/2
"$dualrow" collect "$work/shards" > "$work/log.txt"
same shards "two shards, collected"

hit=0
for ((kill = 1; kill <= kills; kill++)); do
    "$dualrow" sweep "$work/sweep.yaml" --out "$work/killed" --jobs 2 --resume > "$work/log.txt" 2>&1 &
    process=$!
    # The kills are spread over the points, each at a random instant of the time that its share of them takes.
    delay=$((RANDOM % (share + 1)))
    enough=$((points * (kill - 1) / (kills + 1)))
    while kill -0 $process 2> /dev/null && [ "$(finished)" -lt $enough ]; do sleep 0.01; done
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 $process 2> /dev/null || true
    status=0
    wait $process 2> /dev/null || status=$?
    if [ $status -eq 137 ]; then hit=$((hit + 1)); fi
done
echo "$hit of $kills kills ended it before its end; $(finished) of $points points were on disk after the last"
sweep killed --jobs 2 --resume
same killed "killed and resumed"
remains=$(find "$work/killed" -name '*.partial' | wc -l)
[ "$remains" -eq 0 ] || { echo "$remains unfinished files are left"; exit 1; }
