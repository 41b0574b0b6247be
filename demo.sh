#!/usr/bin/env bash
# Builds DualRow and runs its main job on the files that come with it.
cd "$(dirname "$0")"
source ./setup.sh

swift build -c release --product dualrow
dualrow=.build/release/dualrow
out=out/demo

echo
echo "== The machine =="
$dualrow check HardwareConfigs/neupims.yaml
echo
echo "== One layer of a decode step: gpt3-7b over 4 chips, 256 requests =="
$dualrow simulate HardwareConfigs/neupims.yaml --model gpt3-7b --requests Traces/requests/sharegpt-b256.csv \
    --tensor-parallel 4 --layers 1 --out $out/neupims --commands $out/channel-0-commands.csv
echo
echo "== The same work on three machines =="
$dualrow compare HardwareConfigs/npu-only.yaml HardwareConfigs/npu-pim-blocked.yaml HardwareConfigs/neupims.yaml \
    --model gpt3-7b --requests Traces/requests/sharegpt-b256.csv --tensor-parallel 4 --layers 1 --out $out/compare
echo
echo "Reports: $out (columns: Reports/COLUMNS.md)"
