#!/usr/bin/env bash
# How much faster a sweep is with two jobs than with one: the least wall time of some runs of each, taken in turns, and
# the CPU time of both. Means something only on a machine with two idle cores.
#
#   Tests/Benchmarks/sweep-scaling.sh [RUNS]      DUALROW=path/to/dualrow (default: the release build)
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-3}
dualrow=${DUALROW:-.build/release/dualrow}
[ -x "$dualrow" ] || { echo "no program: swift build -c release, or set DUALROW" >&2; exit 69; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/sweep.yaml" << 'YAML'
machine: neupims
workload: {model: gpt3-7b, requests: {lengths: sharegpt, count: 8, seed: 1}}
options: {layers: 1, tensor_parallel: 8}
grid:
  npu.systolic_arrays.count: [4, 8]
  memory.channels: [16, 32]
  options.sub_batches: [off, 2]
YAML
TIMEFORMAT='%R %U %S'
for ((run = 1; run <= runs; run++)); do
    for jobs in 1 2; do
        rm -rf "$work/out"
        { time "$dualrow" sweep "$work/sweep.yaml" --out "$work/out" --jobs $jobs > /dev/null; } 2>> "$work/jobs-$jobs"
    done
done
awk -v cores="$(nproc)" -v load="$(cut -d' ' -f1 /proc/loadavg)" '
    { cpu = $2 + $3; file = FILENAME; sub(/.*-/, "", file)
      if (!(file in wall) || $1 < wall[file]) wall[file] = $1
      if (!(file in used) || cpu < used[file]) used[file] = cpu }
    END { for (jobs = 1; jobs <= 2; jobs++)
              printf "--jobs %d  %7.2f s wall  %7.2f s CPU\n", jobs, wall[jobs], used[jobs]
          printf "speedup   %7.2f     CPU ratio %.3f\n", wall[1] / wall[2], used[2] / used[1]
          printf "%d cores, load %.1f\n", cores, load }' "$work/jobs-1" "$work/jobs-2"
