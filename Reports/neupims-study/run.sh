#!/usr/bin/env bash
# What the speedups of NeuPIMs are made of: throughput of its systems beside the paper's, and the parameters of the
# published simulator turned one at a time. Writes throughput.csv, turned.csv, measured.csv, layers.csv, holds.csv and
# stages.csv, and README.md from text.md.
# Usage: Reports/neupims-study/run.sh [path of dualrow]   (default: .build/release/dualrow)
# Points are kept in out/neupims-study, so that a run that was broken off goes on; remove that folder to begin again.
# About 10 minutes of processor time, two points side by side (JOBS=2).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
dualrow=$(realpath "${1:-$root/.build/release/dualrow}")
[[ -x $dualrow ]] || { echo "error: no program at $dualrow; build it with 'swift build -c release'" >&2; exit 66; }
jobs=${JOBS:-2}
work=$root/out/neupims-study
models=(gpt3-7b gpt3-13b gpt3-30b)
batches=(64 128 256 384 512)
cd "$root" # names of machines and models are looked up from here
mkdir -p "$work"

say() { echo "$(date +%H:%M:%S) $*"; }

sweep() { # name, and the file $work/name.yaml
    say "$1: $(grep -c '^  - ' "$work/$1.yaml") points"
    local resume=()
    [[ -d $work/$1 ]] && resume=(--resume)
    "$dualrow" sweep "$work/$1.yaml" --out "$work/$1" --jobs "$jobs" "${resume[@]}" > "$work/$1.log"
    say "$1: done"
}

base() { # machine model requests
    printf 'machine: %s\nworkload: {model: %s, requests: %s}\noptions: {layers: 1, tensor_parallel: 4}\nlist:\n' \
        "$root/HardwareConfigs/$1.yaml" "$2" "$3"
}

# (a) Systems by model and batch. The column 'system' of the tables follows the order of these lines.
systems=(
    'npu-only, options.assign: rr, options.sub_batches: off, options.interleaving: dataflow'
    'npu-pim-blocked, options.assign: rr, options.sub_batches: off, options.interleaving: dataflow'
    'npu-pim-blocked, options.assign: balanced, options.sub_batches: off, options.interleaving: dataflow'
    'neupims, options.assign: rr, options.sub_batches: off, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: off, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: 2, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: 2, options.interleaving: barrier'
)
for model in "${models[@]}"; do
    {
        base neupims "$model" '{lengths: sharegpt, count: 64, seed: 1}'
        for batch in "${batches[@]}"; do
            for system in "${systems[@]}"; do echo "  - {workload.requests.count: $batch, machine: $system}"; done
        done
    } > "$work/$model.yaml"
done

# Whether interleaving needs the second row buffer: the blocked machine with two sub-batches.
{
    base npu-pim-blocked gpt3-7b '{lengths: sharegpt, count: 64, seed: 1}'
    for model in "${models[@]}"; do
        for batch in "${batches[@]}"; do
            echo "  - {workload.model: $model, workload.requests.count: $batch, options.sub_batches: 2}"
        done
    done
} > "$work/blocked-sub2.yaml"

# What one layer does not show: four layers, and the rules that must hold on two layers with other batches: one request
# (the second half of it is empty), odd numbers, and one more than there are channels.
{
    base neupims gpt3-7b '{lengths: sharegpt, count: 256, seed: 1}'
    for cut in off, 2,dataflow 2,barrier; do
        how=${cut#*,}
        echo "  - {options.layers: 4, options.sub_batches: ${cut%,*}, options.interleaving: ${how:-dataflow}}"
    done
} > "$work/layers.yaml"
rules=(
    'npu-pim-blocked, options.assign: rr, options.sub_batches: off, options.interleaving: dataflow'
    'neupims, options.assign: rr, options.sub_batches: off, options.interleaving: dataflow'
    'npu-pim-blocked, options.assign: balanced, options.sub_batches: off, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: off, options.interleaving: dataflow'
    'npu-pim-blocked, options.assign: balanced, options.sub_batches: 2, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: 2, options.interleaving: dataflow'
    'neupims, options.assign: balanced, options.sub_batches: 2, options.interleaving: barrier'
)
few=('gpt3-7b 1' 'gpt3-7b 3' 'gpt3-7b 33' 'gpt3-7b 97' 'gpt3-7b 255'
    'gpt3-13b 33' 'gpt3-13b 255' 'gpt3-30b 33' 'gpt3-30b 255')
{
    base neupims gpt3-7b '{lengths: sharegpt, count: 64, seed: 1}'
    for point in "${few[@]}"; do
        for rule in "${rules[@]}"; do
            echo "  - {options.layers: 2, workload.model: ${point% *}, workload.requests.count: ${point#* }, machine: $rule}"
        done
    done
} > "$work/holds.yaml"

# (b) Each parameter alone, then all together one after another (each point has what those before it turned).
for machine in npu-only npu-pim-blocked neupims; do
    {
        base $machine gpt3-7b '{lengths: sharegpt, count: 256, seed: 1}'
        sed 's/,"[^"]*"$//' "$here/parameters.csv" | awk -F, -v machine=$machine '
            { value = $2; sub(/;/, ",", value) }
            NR > 1 && ($3 == "all" || $3 == machine || ($3 == "pim" && machine != "npu-only")) {
                n++; all = all (n > 1 ? ", " : "") $1 ": " value
                alone[n] = $1 ": " value; ladder[n] = all
            }
            END {
                print "  - {options.seed: 0}"
                for (i = 1; i <= n; i++) print "  - {" alone[i] "}"
                for (i = 2; i <= n; i++) print "  - {" ladder[i] "}"
            }'
        case $machine in
            npu-only) ends='npu-only-artifact' ;;
            npu-pim-blocked) ends='npu-pim-artifact npu-pim-artifact-serial-issue' ;;
            neupims) ends='neupims-artifact' ;;
        esac
        for end in $ends; do echo "  - {machine: $end}"; done
    } > "$work/turned-$machine.yaml"
done

sweep turned-npu-pim-blocked
sweep layers
sweep holds
for machine in neupims npu-only; do sweep turned-$machine; done
for model in "${models[@]}"; do sweep "$model"; done
sweep blocked-sub2

# Stages of a layer with 64 requests, with and without weights that are fetched ahead.
say "stages: 4 points"
"$dualrow" requests --lengths sharegpt --count 64 --seed 1 --out "$work/sharegpt-64.csv" > /dev/null
{
    echo 'machine,order,qkv_cycles,attention_cycles,network_cycles,total_cycles'
    for machine in npu-pim-blocked neupims; do
        for order in dependencies serial; do
            text=$work/stages-$machine-$order.txt
            [[ -s $text ]] || {
                "$dualrow" simulate "$machine" --model gpt3-7b --requests "$work/sharegpt-64.csv" --tensor-parallel 4 \
                    --layers 1 --set "execution.order=$order" > "$text.part"
                mv "$text.part" "$text"
            }
            awk -v machine="$machine" -v order="$order" '
                { gsub(",", "") } /^time/ { all = $4 } /^A  / { a = $4 } /^B  / { b = $3 } /^E  / { e = $4 }
                END { printf "%s,%s,%d,%d,%d,%d\n", machine, order, a, b, e, all }' "$text"
        done
    done
} > "$work/stages.csv"

# The published simulator itself, measured on 64 requests, beside the machines that reproduce it.
say "measured: 3 points"
{
    echo 'machine,figure,published_cycles,ours_cycles,difference_percent'
    while IFS=, read -r machine figure published; do
        text=$work/measured-$machine.txt
        [[ -s $text ]] || {
            "$dualrow" simulate "$machine" --model gpt3-7b --requests "$here/measured-requests.csv" --tensor-parallel 4 \
                --layers 1 > "$text.part"
            mv "$text.part" "$text"
        }
        awk -v machine="$machine" -v figure="$figure" -v published="$published" '
            figure == "layer" && /^time/ { ours = $4 }
            figure == "attention" && /^B  attention/ { ours = $3 }
            END { gsub(",", "", ours)
                  printf "%s,%s,%d,%d,%.1f\n", machine, figure, published, ours, 100 * (ours / published - 1) }' "$text"
    done <<'MEASURED'
neupims-artifact,attention,64345
neupims-artifact,layer,180333
npu-pim-artifact,attention,78939
npu-pim-artifact,layer,193908
npu-pim-artifact-serial-issue,attention,148738
MEASURED
} > "$work/measured.csv"

# Tables. A column of a report is found by its name; points.csv has the points in the order of the sweep file.
names='npu-only blocked blocked-balanced dual dual-balanced dual-balanced-sub2 dual-balanced-sub2-barrier'
{
    echo 'model,batch,system,total_cycles,layers_of_a_stage,ktokens_per_s,npu_busy,npu_macs,pim_busy,dram_bandwidth'
    rows() { # sweep, names of the systems of each batch
        awk -F, -v batches="${batches[*]}" -v names="$2" '
            BEGIN { n = split(names, name, " "); m = split(batches, batch, " ") }
            NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            { row = NR - 2; b = batch[int(row / n) % m + 1]; model = $at["model"]
              layers = (model == "gpt3-7b") ? 32 : (model == "gpt3-13b") ? 40 : 24
              if ($at["error"] != "" || b != $at["batch"]) { print "error: " FILENAME ": row " NR > "/dev/stderr"; exit 70 }
              printf "%s,%d,%s,%s,%d,%.4f,%.4f,%.4f,%.4f,%.4f\n", model, b, name[row % n + 1], $at["total_cycles"], layers,
                  $at["tokens_per_s"] / layers / 1000, $at["npu_busy_fraction"], $at["npu_mac_utilization"],
                  $at["pim_busy_fraction"], $at["dram_bandwidth_utilization"] }' "$work/$1/points.csv"
    }
    rows blocked-sub2 blocked-balanced-sub2
    for model in "${models[@]}"; do rows "$model" "$names"; done
} > "$work/throughput.csv"

{
    echo 'layers,sub_batches,interleaving,total_cycles'
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { if ($at["error"] != "") { print "error: " FILENAME ": row " NR > "/dev/stderr"; exit 70 }
          printf "%s,%s,%s,%s\n", $at["layers"], $at["sub_batches"], $at["interleaving"], $at["total_cycles"] }
        ' "$work/layers/points.csv"
} > "$work/layers.csv"

{
    echo 'model,batch,system,total_cycles'
    awk -F, -v names='blocked dual blocked-balanced dual-balanced blocked-balanced-sub2 dual-balanced-sub2 dual-balanced-sub2-barrier' '
        BEGIN { n = split(names, name, " ") }
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { if ($at["error"] != "") { print "error: " FILENAME ": row " NR > "/dev/stderr"; exit 70 }
          printf "%s,%s,%s,%s\n", $at["model"], $at["batch"], name[(NR - 2) % n + 1], $at["total_cycles"] }
        ' "$work/holds/points.csv"
} > "$work/holds.csv"

{
    echo 'machine,step,parameter,alone_cycles,together_cycles'
    for machine in npu-only npu-pim-blocked neupims; do
        { sed 's/,"[^"]*"$//' "$here/parameters.csv"; echo =; cat "$work/turned-$machine/points.csv"; } |
            awk -F, -v machine=$machine '
            /^=$/ { points = 1; next }
            !points { if (NR > 1 && ($3 == "all" || $3 == machine || ($3 == "pim" && machine != "npu-only"))) {
                          n++; sub(/;.*/, "", $2); key[n] = $1 ": " $2 }
                      next }
            !header { for (i = 1; i <= NF; i++) at[$i] = i; header = 1; next }
            { cycles[++rows] = $at["total_cycles"]; of[rows] = $at["machine"] }
            END {
                printf "%s,0,as it is,%s,%s\n", machine, cycles[1], cycles[1]
                for (i = 1; i <= n; i++)
                    printf "%s,%d,%s,%s,%s\n", machine, i, key[i], cycles[1 + i], i == 1 ? cycles[2] : cycles[n + i]
                for (r = 2 * n + 1; r <= rows; r++) printf "%s,%d,%s.yaml,,%s\n", machine, r - n, of[r], cycles[r]
            }'
    done
} > "$work/turned.csv"

table() { # name: one table in Markdown on standard output
    case $1 in
    throughput) awk -F, '
        FNR == NR { if ($1 == 12) paper[$4, $3, $5] = $6; next }
        FNR > 1 { ours[$1, $2, $3] = $6; if (!(($1, $2) in seen)) { seen[$1, $2] = 1; order[++n] = $1 SUBSEP $2 } }
        END {
            print "| model | batch | NPU-only | paper | NPU+PIM | paper | NeuPIMs | paper |"; print "|---|--:|--:|--:|--:|--:|--:|--:|"
            for (i = 1; i <= n; i++) { split(order[i], k, SUBSEP); m = k[1]; b = k[2]; best = (b >= 256) ? "dual-balanced-sub2" : "dual-balanced"
                printf "| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", m, b, ours[m, b, "npu-only"], paper[m, b, "NPU-only"],
                    ours[m, b, "blocked"], paper[m, b, "NPU+PIM"],
                    ours[m, b, best], paper[m, b, "NeuPIMs"] }
        }' "$here/published.csv" "$work/throughput.csv" ;;
    ratios) awk -F, '
        FNR == NR { if ($1 == 12) paper[$4, $3, $5] = $6; next }
        FNR > 1 { ours[$1, $2, $3] = $6; if (!(($1, $2) in seen)) { seen[$1, $2] = 1; order[++n] = $1 SUBSEP $2 } }
        END {
            print "| model | batch | NPU+PIM / NPU-only | paper | NeuPIMs / NPU-only | paper | NeuPIMs / NPU+PIM | paper |"; print "|---|--:|--:|--:|--:|--:|--:|--:|"
            for (i = 1; i <= n; i++) { split(order[i], k, SUBSEP); m = k[1]; b = k[2]; best = (b >= 256) ? "dual-balanced-sub2" : "dual-balanced"
                all = ours[m, b, best]
                printf "| %s | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |\n", m, b, ours[m, b, "blocked"] / ours[m, b, "npu-only"],
                    paper[m, b, "NPU+PIM"] / paper[m, b, "NPU-only"], all / ours[m, b, "npu-only"],
                    paper[m, b, "NeuPIMs"] / paper[m, b, "NPU-only"], all / ours[m, b, "blocked"],
                    paper[m, b, "NeuPIMs"] / paper[m, b, "NPU+PIM"] }
        }' "$here/published.csv" "$work/throughput.csv" ;;
    steps) awk -F, '
        FNR == NR { if ($1 == 13) paper[$3, $5] = $6; next }
        FNR > 1 { ours[$1, $2, $3] = $6; if (!(($1, $2) in seen)) { seen[$1, $2] = 1; order[++n] = $1 SUBSEP $2 } }
        function cell(m, b, name, figure) {
            printf " %.2f |", ours[m, b, name] / ours[m, b, "blocked"]
            if (figure != "") printf " %s |", ((m == "gpt3-7b") ? sprintf("%.2f", paper[b, figure]) : "")
        }
        END {
            print "| model | batch | blocked, balanced | dual | paper | dual, balanced | paper | + two sub-batches | paper | + two, barrier |"
            print "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
            for (i = 1; i <= n; i++) { split(order[i], k, SUBSEP); m = k[1]; b = k[2]; printf "| %s | %d |", m, b
                cell(m, b, "blocked-balanced", ""); cell(m, b, "dual", "DRB"); cell(m, b, "dual-balanced", "DRB+GMLBP")
                cell(m, b, "dual-balanced-sub2", "DRB+GMLBP+SBI"); cell(m, b, "dual-balanced-sub2-barrier", ""); print "" }
        }' "$here/published.csv" "$work/throughput.csv" ;;
    busy) awk -F, '
        BEGIN { print "| model | batch | system | cycles | NPU busy | of its peak | PIM busy | DRAM bus |"; print "|---|--:|---|--:|--:|--:|--:|--:|" }
        NR > 1 && $3 ~ /^(npu-only|blocked-balanced|dual-balanced|dual-balanced-sub2)$/ && $2 ~ /^(64|256|512)$/ {
            printf "| %s | %d | %s | %d | %.0f %% | %.0f %% | %.0f %% | %.0f %% |\n", $1, $2, $3, $4, 100 * $7, 100 * $8, 100 * $9, 100 * $10 }
        ' "$work/throughput.csv" ;;
    violations) awk -F, '
        function check(rule, a, b) { # a is never slower than b
            pairs++; tested[rule]++; if (!(rule in broken)) { broken[rule] = 0; rules[++r] = rule }
            if (cycles[a] > cycles[b]) { broken[rule]++
                line[++lines] = sprintf("| %s | %s | %d | %d | %d | %+.2f %% |", rule, m, batch, cycles[a], cycles[b], 100 * (cycles[a] / cycles[b] - 1)) }
        }
        NR > 1 && $3 == "blocked-balanced-sub2" { interleaved[$1, $2] = $4; next }
        NR > 1 { m = $1; batch = $2; cycles[$3] = $4
            if ($3 == "dual-balanced-sub2-barrier") {
                check("dual row buffers, requests in turn, against blocked", "dual", "blocked")
                check("dual row buffers, balanced, against blocked", "dual-balanced", "blocked-balanced")
                check("dataflow against barrier", "dual-balanced-sub2", "dual-balanced-sub2-barrier")
                cycles["interleaved"] = interleaved[m, batch]
                check("dual row buffers with two sub-batches against blocked with two", "dual-balanced-sub2", "interleaved")
                best("dual", "dual-balanced", "dual-balanced-sub2"); best("blocked", "blocked-balanced", "interleaved")
                check("dual row buffers, cut or not, against blocked, cut or not", "dual best", "blocked best") } }
        function best(name, a, b) { cycles[name " best"] = cycles[a] < cycles[b] ? cycles[a] : cycles[b] }
        END {
            print "| never slower | points | slower in |"; print "|---|--:|--:|"
            for (i = 1; i <= r; i++) printf "| %s | %d | %d |\n", rules[i], tested[rules[i]], broken[rules[i]]
            if (lines) { print "\n| broken | model | batch | cycles | cycles of the other | by |"; print "|---|---|--:|--:|--:|--:|"
                for (i = 1; i <= lines; i++) print line[i] }
        }' "$work/throughput.csv" ;;
    alone | together) awk -F, -v what="$1" '
        function number(x) { return x == "" ? "" : sprintf("%d", x) }
        function cell(machine, p) {
            c = value[machine, p]; if (c == "") return " |"
            return sprintf(" %d | %+.1f %% |", c, 100 * (c / (what == "alone" ? first[machine] : last[machine]) - 1))
        }
        FNR == 1 { file++; next }
        file == 1 { p = $1 ": " $2; sub(/;.*/, "", p); meaning[p] = $0; sub(/^[^"]*"/, "", meaning[p]); sub(/"$/, "", meaning[p]); rows[++n] = p; next }
        $2 == 0 { first[$1] = $4; last[$1] = $4; next }
        { value[$1, $3] = what == "alone" ? $4 : $5; if ($3 ~ /yaml$/) rows[++n] = $3 }
        END {
            k = split("npu-only npu-pim-blocked neupims", machines, " ")
            head = "| parameter |"; rule = "|---|"
            if (what == "alone") { head = head " meaning |"; rule = rule "---|" }
            for (j = 1; j <= k; j++) { head = head " " machines[j] " | |"; rule = rule "--:|--:|" }
            print head; print rule
            line = "| as it is |" (what == "alone" ? " |" : "")
            for (j = 1; j <= k; j++) line = line sprintf(" %d | |", first[machines[j]])
            print line
            for (i = 1; i <= n; i++) {
                p = rows[i]; if (what == "alone" && p ~ /yaml$/) continue
                line = "| " ((p ~ /yaml$/) ? "" : "+ ") "`" p "` |"
                if (what == "alone") line = "| `" p "` | " meaning[p] " |"
                for (j = 1; j <= k; j++) {
                    c = value[machines[j], p]
                    if (c == "") { line = line " | |"; continue }
                    if (p ~ /yaml$/ && ((machines[j], c) in had)) line = line sprintf(" %d | reached |", c)
                    else line = line cell(machines[j], p)
                    last[machines[j]] = c; had[machines[j], c] = 1
                }
                print line
            }
        }' "$here/parameters.csv" "$work/turned.csv" ;;
    interleaving) awk -F, '
        NR > 1 && $1 == "gpt3-7b" { cycles[$2, $3] = $4; if (!($2 in seen)) { seen[$2] = 1; order[++n] = $2 } }
        END {
            print "| batch | blocked | + two sub-batches | | dual | + two sub-batches | | dual / blocked, both with two |"; print "|--:|--:|--:|--:|--:|--:|--:|--:|"
            for (i = 1; i <= n; i++) { b = order[i]; o = cycles[b, "blocked-balanced"]; t = cycles[b, "blocked-balanced-sub2"]
                d = cycles[b, "dual-balanced"]; e = cycles[b, "dual-balanced-sub2"]
                printf "| %d | %d | %d | %+.1f %% | %d | %d | %+.1f %% | %.2f |\n", b, o, t, 100 * (o / t - 1), d, e, 100 * (d / e - 1), t / e }
        }' "$work/throughput.csv" ;;
    layers) awk -F, '
        BEGIN { print "| layers | sub-batches | cycles | against none |"; print "|--:|---|--:|--:|" }
        NR == 2 { off = $4 }
        NR > 1 { printf "| %d | %s | %d | %+.1f %% |\n", $1, $2 == 1 ? "none" : $2 ", " $3, $4, 100 * (off / $4 - 1) }
        ' "$work/layers.csv" ;;
    holds) awk -F, '
        function ratio(a, b) {
            if (cycles[a] > cycles[b]) broken = 1
            return sprintf(" %.3f%s |", cycles[b] / cycles[a], cycles[a] > cycles[b] ? " (broken)" : "")
        }
        BEGIN {
            print "| model | requests | blocked / dual, in turn | blocked / dual, balanced | blocked / dual, two sub-batches | barrier / dataflow |"
            print "|---|--:|--:|--:|--:|--:|" }
        NR > 1 { cycles[$3] = $4
            if ($3 == "dual-balanced-sub2-barrier")
                print "| " $1 " | " $2 " |" ratio("dual", "blocked") ratio("dual-balanced", "blocked-balanced") \
                    ratio("dual-balanced-sub2", "blocked-balanced-sub2") \
                    ratio("dual-balanced-sub2", "dual-balanced-sub2-barrier") }' "$work/holds.csv" ;;
    stages) awk -F, '
        BEGIN { print "| machine | operators | norm, QKV | attention | projection, network | layer |"; print "|---|---|--:|--:|--:|--:|" }
        NR > 1 { printf "| %s | %s | %d | %d | %d | %d |\n", $1, $2 == "serial" ? "one after another" : "as their inputs are there", $3, $4, $5, $6 }
        ' "$work/stages.csv" ;;
    measured) awk -F, '
        BEGIN { print "| machine | cycles of | published simulator | ours | difference |"; print "|---|---|--:|--:|--:|" }
        NR > 1 { printf "| %s | %s | %d | %d | %+.1f %% |\n", $1, $2, $3, $4, $5 }' "$work/measured.csv" ;;
    esac
}

while IFS= read -r line; do
    if [[ $line =~ ^@([a-z]+)$ ]]; then table "${BASH_REMATCH[1]}"; else printf '%s\n' "$line"; fi
done < "$here/text.md" > "$work/README.md"
for file in throughput.csv turned.csv measured.csv layers.csv holds.csv stages.csv README.md; do mv "$work/$file" "$here/$file"; done
say "written: $here/README.md"
