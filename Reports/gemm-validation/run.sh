#!/usr/bin/env bash
# Compares matrix products with SCALE-Sim and ONNXim as measured; writes comparison.csv and README.md beside this file.
# Usage: Reports/gemm-validation/run.sh [path of dualrow]   (default: .build/release/dualrow)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dualrow=${1:-$root/.build/release/dualrow}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 'source,case,figure,published,ours,difference_percent,why' > "$work/comparison.csv"

# SCALE-Sim: every measured run through the command, with that program's configuration and reports.
run=0
scalesim() { # case tool kind m n k rows columns dataflow mode sparsity ifmap_kb filter_kb ofmap_kb total stall reads...
    local sparse=false rowwise=false ratio=
    [[ -n ${11} ]] && sparse=true && ratio=" ${11%% *},"
    [[ ${11} == *rowwise* ]] && rowwise=true
    printf 'Layer, M, N, K,%s\n%s, %s, %s, %s,%s\n' "${ratio:+ Sparsity,}" "$1" "$4" "$5" "$6" "$ratio" > "$work/t.csv"
    printf '%s\n' '[architecture_presets]' "ArrayHeight : $7" "ArrayWidth : $8" "IfmapSramSzkB : ${12}" \
        "FilterSramSzkB : ${13}" "OfmapSramSzkB : ${14}" "Dataflow : $9" '[sparsity]' "SparsitySupport : $sparse" \
        "OptimizedMapping : $rowwise" '[run_presets]' "InterfaceBandwidth : ${10}" > "$work/c.cfg"
    "$dualrow" gemm --config "$work/c.cfg" --topology "$work/t.csv" --compat scalesim --memory ideal \
        --out "$work/out" > /dev/null 2>&1
    local compute detail
    compute=$(sed -n 2p "$work/out/COMPUTE_REPORT.csv")
    detail=$(sed -n 2p "$work/out/DETAILED_ACCESS_REPORT.csv")
    awk -v name="$1 $2 ${7}x$8 $9 ${10}${11:+ }${11}" -v total="${15}" -v stall="${16:-0}" -v i="${21}" -v f="${22}" \
        -v o="${23}" -v rowwise=$rowwise -v compute="$compute" -v detail="$detail" '
        function row(figure, published, ours) {
            if (published == "") return
            printf "SCALE-Sim,%s,%s,%s,%s,%.3f,\n", name, figure, published, ours, 100 * (ours - published) / published
        }
        BEGIN {
            split(compute, c, ", "); split(detail, d, ", ")
            row("cycles without stalls", total - stall, c[3])
            if (rowwise == "true") exit
            row("SRAM input reads", i, d[4] + 0); row("SRAM weight reads", f, d[7] + 0)
            row("SRAM output writes", o, d[10] + 0)
        }' >> "$work/comparison.csv"
    run=$((run + 1))
}
while IFS=, read -r -a cells; do scalesim "${cells[@]}"; done < <(grep -v '^#' "$root/Tests/Fixtures/scalesim-cases.csv" | tail -n +2)

# ONNXim: the closed form of its intervals with ideal memory, and its measured layers with an HBM of that bandwidth.
onnxim() { # name m n k times cores published part why
    printf 'Layer,M,N,K,Repetitions\n%s,%s,%s,%s,%s\n' "$1" "$2" "$3" "$4" "$5" > "$work/t.csv"
    for memory in ideal real; do
        "$dualrow" gemm --machine "$root/HardwareConfigs/onnxim-core.yaml" --topology "$work/t.csv" --cores "$6" \
            --memory $memory --out "$work/$memory" > /dev/null
    done
    local ideal real
    ideal=$(sed -n 2p "$work/ideal/gemm.csv" | cut -d, -f10)
    real=$(sed -n 2p "$work/real/gemm.csv" | cut -d, -f10)
    awk -v name="$1" -v m="$2" -v n="$3" -v k="$4" -v cores="$6" -v published="$7" -v part="$8" -v why="$9" \
        -v ideal="$ideal" -v real="$real" '
        function up(a, b) { return int((a + b - 1) / b) }
        BEGIN {
            if (cores == 1) {
                stream = m > 4 ? m : 4; interval = stream > 128 ? stream : 128
                form = 255 + (up(k, 128) * up(n, 128) - 1) * interval + 254 + stream
                printf "ONNXim,%s,cycles by its intervals (ideal memory),%d,%d,%.3f,\n", name, form, ideal, 100 * (ideal - form) / form
            }
            printf "ONNXim,%s,cycles measured (%s),%d,%d,%.3f,\"%s\"\n", name, part, published, real, 100 * (real - published) / published, why
        }' >> "$work/comparison.csv"
}
while IFS= read -r line; do
    why=$(sed -E 's/^[^"]*"?([^"]*)"?$/\1/' <<< "$line"); [[ $line == *'"'* ]] || why=
    IFS=, read -r name m n k times cores published part _ <<< "$line"
    onnxim "$name" "$m" "$n" "$k" "$times" "$cores" "$published" "$part" "$why"
done < <(grep -v '^#' "$here/onnxim.csv" | tail -n +2)

{
    cat "$here/text.md"
    echo
    awk -F, 'NR > 1 && $1 == "SCALE-Sim" { all[$3]++; if ($4 == $5) same[$3]++ }
        END { print "| figure of SCALE-Sim | rows | exact |"; print "|---|---|---|"
              n = split("cycles without stalls;SRAM input reads;SRAM weight reads;SRAM output writes", order, ";")
              for (i = 1; i <= n; i++) printf "| %s | %d | %d |\n", order[i], all[order[i]], same[order[i]] }' "$work/comparison.csv"
    echo
    echo '| ONNXim | figure | published | ours | difference | why |'
    echo '|---|---|---|---|---|---|'
    awk 'NR > 1 && /^ONNXim/ { why = $0; if (!sub(/^[^"]*"/, "", why)) why = ""; sub(/"$/, "", why); split($0, c, ",")
        printf "| %s | %s | %s | %s | %+.1f %% | %s |\n", c[2], c[3], c[4], c[5], c[6], why }' "$work/comparison.csv"
} > "$work/README.md"
mv "$work/comparison.csv" "$here/comparison.csv"
mv "$work/README.md" "$here/README.md"
echo "compared $run runs of SCALE-Sim and the layers of ONNXim: $here/README.md"
