#!/usr/bin/env bash
# Remakes this folder: estimates of whole generations, and 50 steps of each, drawn at random, run exactly as well.
#   Reports/sampled-fidelity/run.sh [PROGRAM]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/.build/release/dualrow}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
for machine in neupims npu-pim-blocked npu-only; do
    "$program" simulate "$machine" --model llama-3.1-8b --requests Traces/requests/sharegpt-300-at-10.csv \
        --fidelity sampled --checked-steps 50 --seed 1 --out "$work/$machine" > /dev/null
    cp "$work/$machine/sampling.csv" "$here/$machine.csv"
    cp "$work/$machine/summary.txt" "$here/$machine.txt"
done
