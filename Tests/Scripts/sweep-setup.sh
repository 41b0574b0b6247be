# To be sourced by the scripts that run sweeps: goes to the repository's root and sets `dualrow`, the program, and `work`, a
# folder with a tiny model in it that is gone at the end.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dualrow=${DUALROW:-$(ls .build/release/dualrow .build/debug/dualrow 2> /dev/null | head -1 || true)}
[ -x "$dualrow" ] || { echo "no program: build it, or set DUALROW" >&2; exit 69; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/tiny.yaml" << 'YAML'
{name: tiny, layers: 1, hidden_size: 128, heads: 2, kv_heads: 2, head_size: 64, ffn_size: 128, ffn_matrices: 2,
 activation: gelu, norm: layernorm, positions: learned, learned_positions: 512, vocabulary: 1000, tied_embeddings: true,
 bias: all}
YAML
