#!/usr/bin/env bash
# Looks at the pages of `dualrow report` in a headless browser: nothing loaded, no errors, every chart drawn, nothing
# outside its place, no labels on each other; in a wide and a narrow window, light and dark. Screenshots stay in OUT.
#
#   Tests/Browser/run.sh [OUT]      DUALROW=path/to/dualrow (default: the newest build)
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-out/browser}
dualrow=${DUALROW:-$(ls -t .build/release/dualrow .build/debug/dualrow 2> /dev/null | head -1 || true)}
[ -x "$dualrow" ] || { echo "no program: build it, or set DUALROW" >&2; exit 69; }

find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! find_browser > /dev/null; then
    apt=(apt-get)
    [ "$(id -u)" -eq 0 ] || apt=(sudo -n apt-get)
    if command -v apt-get > /dev/null; then
        echo "installing chromium"
        timeout 300 "${apt[@]}" install -y -qq --no-install-recommends chromium > /dev/null 2>&1 || true
    fi
fi
browser=$(find_browser) || { echo "skipped: no headless browser here; install chromium to look at the pages"; exit 0; }

rm -rf "$out"
mkdir -p "$out"
echo "the program: $dualrow, the browser: $("$browser" --version 2> /dev/null)"

# Folders of every kind.
python3 - "$out" << 'PYTHON'
import random, sys
random.seed(7)
with open(sys.argv[1] + "/model.yaml", "w") as file:
    file.write("""name: small
layers: 4
hidden_size: 512
heads: 8
kv_heads: 8
head_size: 64
ffn_size: 2048
ffn_matrices: 2
activation: gelu
norm: layernorm
positions: learned
learned_positions: 2048
vocabulary: 1000
tied_embeddings: true
bias: all
""")
with open(sys.argv[1] + "/requests.csv", "w") as file:
    file.write("seq_len\n" + "".join(f"{random.randint(20, 900)}\n" for _ in range(40)))
with open(sys.argv[1] + "/sweep.yaml", "w") as file:
    file.write("""machine: neupims
workload: {model: model.yaml, requests: {lengths: alpaca, count: 16, seed: 1}}
options: {layers: 1, tensor_parallel: 2}
grid:
  npu.systolic_arrays.count: [4, 8]
  memory.channels: [16, 32]
  options.sub_batches: [off, 2]
""")
with open(sys.argv[1] + "/serving.yaml", "w") as file:
    file.write("""machine: neupims
workload: {model: model.yaml, requests: {lengths: alpaca, count: 4, seed: 1, limit: 24, pairs: true}}
options: {layers: 1, tensor_parallel: 2, step_tokens: 32}
grid:
  options.max_batch: [1, 4]
  options.prefill: [chunked, whole]
""")
PYTHON
run="--model $out/model.yaml --requests $out/requests.csv --tensor-parallel 2"
"$dualrow" simulate neupims $run --layers 2 --out "$out/run" > /dev/null
"$dualrow" simulate neupims $run --layers 2 --sub-batches 2 --out "$out/parts" > /dev/null
"$dualrow" compare npu-only npu-pim-blocked neupims $run --layers 1 --out "$out/compare" > /dev/null
"$dualrow" sweep "$out/sweep.yaml" --out "$out/sweep" --pareto tokens_per_s,energy_per_token_mJ > /dev/null
"$dualrow" sweep "$out/serving.yaml" --out "$out/serving" > /dev/null
"$dualrow" requests --lengths alpaca --count 5 --seed 1 --limit 24 --pairs --rate 100000 --out "$out/whole.csv" > /dev/null
"$dualrow" simulate neupims --model "$out/model.yaml" --requests "$out/whole.csv" --tensor-parallel 2 --layers 2 \
    --out "$out/served" > /dev/null
python3 Tests/Browser/odd_folders.py "$out"

failures=0
look() {    # NAME CHARTS
    local page=$out/$1/report.html check
    "$dualrow" report "$out/$1" > /dev/null
    python3 Tests/Browser/check_timeline.py "$out/$1" || failures=$((failures + 1))
    for width in 1280 500; do
        for scheme in light dark; do
            check=$out/$1/check.html
            { sed "s/<html lang=\"en\">/<html lang=\"en\" data-charts=\"$2\">/; /<\/body>/,\$d" "$page"
              cat Tests/Browser/check.html; echo "</body></html>"; } > "$check"
            local options=(--headless --no-sandbox --disable-gpu --hide-scrollbars --disable-dev-shm-usage
                "--window-size=$width,900" "--blink-settings=preferredColorScheme=$([ $scheme = dark ] && echo 0 || echo 1)"
                --virtual-time-budget=3000 --enable-logging=stderr)
            "$browser" "${options[@]}" --dump-dom "file://$(realpath "$check")" > "$out/dom.txt" 2> "$out/log.txt" || true
            local result
            result=$(sed -n '/<pre id="check">/,/<\/pre>/p' "$out/dom.txt" | sed 's/<[^>]*>//g')
            if grep -q CONSOLE "$out/log.txt"; then result="console: $(grep -m1 CONSOLE "$out/log.txt")"; fi
            case "$result" in
                good*) echo "$1, $width px, $scheme: $result" ;;
                *) echo "$1, $width px, $scheme: BAD"; echo "${result:-the page was not laid out}"; failures=$((failures + 1)) ;;
            esac
            "$browser" "${options[@]}" "--window-size=$width,$([ $width -gt 600 ] && echo 3400 || echo 5200)" \
                "--screenshot=$out/$1-$width-$scheme.png" "file://$(realpath "$page")" > /dev/null 2>&1 || true
            [ -s "$out/$1-$width-$scheme.png" ] || { echo "no screenshot of $1"; failures=$((failures + 1)); }
            rm -f "$check"
        done
    done
}
look run 5
look parts 5
look compare 10
look sweep 5
look serving 4
look served 7
look generation 7
look odd 1
look empty 0
rm -f "$out/dom.txt" "$out/log.txt"
[ $failures -eq 0 ] && echo "all pages are good: $out/*.png" || { echo "$failures of the checks failed"; exit 1; }
