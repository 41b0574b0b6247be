#!/usr/bin/env bash
# Expert reads of a prompt in one pass (layered prefill: each layer is crossed once) against chunks of it, on real routes.
# Run from the project's folder; writes prefill.csv beside this script.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=.build/release/dualrow
[ -x "$program" ] || program=.build/debug/dualrow
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
table=Reports/offload-study/prefill.csv
echo "cache,prompt_tokens_per_pass,demand_bytes,more_than_one_pass_percent,ttft_s" > "$folder/prefill.csv"
for cache in lru edgemoe belady; do
    whole=
    for chunk in 200 100 50 25; do
        "$program" offload --model gpt-oss-20b --routes Traces/routes/gpt-oss-20b-240.csv.gz --machine jetson-orin-nano \
            --cache "$cache" --capacity 192 --widths 4.25 --tokens 200 --prompt-tokens 200 --prefill-chunk "$chunk" \
            --out "$folder/run" > "$folder/text"
        row=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { print $at["demand_bytes"], $at["ttft_s"] }' \
            "$folder/run/offload.csv")
        read -r bytes ttft <<< "$row"
        whole=${whole:-$bytes}
        awk -v cache="$cache" -v chunk="$chunk" -v bytes="$bytes" -v whole="$whole" -v ttft="$ttft" \
            'BEGIN { printf "%s,%d,%.0f,%.1f,%s\n", cache, chunk, bytes, (bytes / whole - 1) * 100, ttft }' \
            >> "$folder/prefill.csv"
    done
done
mv "$folder/prefill.csv" "$table"
cat "$table"
