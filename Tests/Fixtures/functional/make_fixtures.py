#!/usr/bin/env python3
"""Make the reference models of the functional tests: tiny fixed-seed models and what transformers computes with them.

    python3 make_fixtures.py [NAME ...]        (needs torch, transformers, safetensors; writes beside this file)

Per model a folder with config.json, model.safetensors (HuggingFace names), logits.safetensors (F32 [prompt, vocabulary])
and reference.json (the prompt, 64 greedy tokens after it, the smallest gap between the best two logits on the way).
Weights are rounded to the stored format first, so the reference is F32 arithmetic on exactly what the file holds.
A greedy text that hangs on a gap below 1e-3, or a choice of experts on one below 1e-4, is refused: choose another seed.
Made with torch 2.13.0 (CPU) and transformers 5.23.0.
"""
import json, os, shutil, sys
import torch
import transformers as hf
from safetensors.torch import save_file, load_file

HERE = os.path.dirname(os.path.abspath(__file__))
TINYMOE = os.path.join(HERE, '../../../Traces/models/tinymoe')
GREEDY = 64
SMALL = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             vocab_size=96, max_position_embeddings=128, bos_token_id=0, eos_token_id=1, pad_token_id=None)


def rope(kind='default', theta=10000.0, **more):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=theta, **more))


# name: (class, config, stored format, prompt length, seed)
MODELS = {
    'llama': (hf.LlamaForCausalLM, hf.LlamaConfig(**SMALL, **rope(theta=500000.0)), torch.float32, 24, 1),
    'llama-rope-llama3': (hf.LlamaForCausalLM, hf.LlamaConfig(**SMALL, tie_word_embeddings=True, **rope(
        'llama3', factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
        torch.float16, 40, 2),
    'llama-rope-linear': (hf.LlamaForCausalLM, hf.LlamaConfig(**SMALL, attention_bias=True, mlp_bias=True, **rope(
        'linear', factor=4.0)), torch.float16, 24, 3),
    'llama-rope-dynamic': (hf.LlamaForCausalLM, hf.LlamaConfig(**{**SMALL, 'max_position_embeddings': 32}, **rope(
        'dynamic', factor=2.0)), torch.float16, 40, 4),
    'qwen3-rope-yarn': (hf.Qwen3ForCausalLM, hf.Qwen3Config(**SMALL, head_dim=16, **rope(
        'yarn', factor=4.0, original_max_position_embeddings=32)), torch.bfloat16, 40, 17),
    'mistral-window': (hf.MistralForCausalLM, hf.MistralConfig(**SMALL, sliding_window=12, head_dim=16),
                       torch.bfloat16, 24, 5),
    'qwen2': (hf.Qwen2ForCausalLM, hf.Qwen2Config(**SMALL, tie_word_embeddings=True), torch.bfloat16, 24, 6),
    'qwen3': (hf.Qwen3ForCausalLM, hf.Qwen3Config(**SMALL, head_dim=16), torch.bfloat16, 24, 7),
    'mixtral': (hf.MixtralForCausalLM, hf.MixtralConfig(**SMALL, num_local_experts=4, num_experts_per_tok=2),
                torch.float16, 24, 8),
    'qwen2-moe': (hf.Qwen2MoeForCausalLM, hf.Qwen2MoeConfig(
        **SMALL, num_experts=6, num_experts_per_tok=3, moe_intermediate_size=16, shared_expert_intermediate_size=24,
        mlp_only_layers=[0], norm_topk_prob=False), torch.float16, 24, 9),
    'qwen3-moe': (hf.Qwen3MoeForCausalLM, hf.Qwen3MoeConfig(
        **SMALL, head_dim=8, num_experts=6, num_experts_per_tok=2, moe_intermediate_size=16, norm_topk_prob=True),
        torch.float16, 24, 10),
    'gpt2': (hf.GPT2LMHeadModel, hf.GPT2Config(
        vocab_size=96, n_positions=128, n_embd=32, n_layer=2, n_head=4, bos_token_id=0, eos_token_id=1),
        torch.float32, 24, 11),
    'gpt2-gelu': (hf.GPT2LMHeadModel, hf.GPT2Config(
        vocab_size=96, n_positions=128, n_embd=32, n_layer=2, n_head=2, n_inner=40, activation_function='gelu',
        bos_token_id=0, eos_token_id=1), torch.float16, 24, 12),
    # Widths that are no multiples of eight, for the ends of vector loops.
    'llama-odd': (hf.LlamaForCausalLM, hf.LlamaConfig(**{
        **SMALL, 'hidden_size': 60, 'num_attention_heads': 6, 'num_key_value_heads': 3, 'intermediate_size': 37,
        'vocab_size': 101}), torch.float16, 23, 15),
    'gpt2-odd': (hf.GPT2LMHeadModel, hf.GPT2Config(
        vocab_size=67, n_positions=128, n_embd=28, n_layer=2, n_head=2, n_inner=51, bos_token_id=0, eos_token_id=1),
        torch.float16, 23, 16),
    'opt': (hf.OPTForCausalLM, hf.OPTConfig(
        vocab_size=96, hidden_size=32, num_hidden_layers=2, ffn_dim=64, num_attention_heads=4,
        max_position_embeddings=128, word_embed_proj_dim=32, bos_token_id=0, eos_token_id=1), torch.float16, 24, 13),
    'opt-post-norm': (hf.OPTForCausalLM, hf.OPTConfig(
        vocab_size=96, hidden_size=32, num_hidden_layers=2, ffn_dim=64, num_attention_heads=4,
        max_position_embeddings=128, word_embed_proj_dim=16, do_layer_norm_before=False, bos_token_id=0,
        eos_token_id=1), torch.float16, 24, 14),
}


@torch.no_grad()
def randomise(model, seed, stored):
    """Random weights large enough that layers matter and greedy choices are clear."""
    g = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        if p.dim() == 1:
            p.copy_(torch.randn(p.shape, generator=g) * 0.2 + (1.0 if 'norm' in name or 'ln_' in name else 0.0)
                    if name.endswith('weight') else torch.randn(p.shape, generator=g) * 0.2)
        elif 'embed' in name or 'wte' in name or 'wpe' in name or 'lm_head' in name:
            p.copy_(torch.randn(p.shape, generator=g))
        else:
            p.copy_(torch.randn(p.shape, generator=g) * (1.2 / p.shape[-1] ** 0.5))
        p.copy_(p.to(stored).float())


def router_gap(model, router_logits):
    """Smallest gap between the last expert chosen and the first that is not, in any layer and token."""
    k = model.config.num_experts_per_tok
    gaps = [(v.values[:, k - 1] - v.values[:, k]).min().item() for v in (l.float().topk(k + 1, -1) for l in router_logits)]
    return min(gaps)


@torch.no_grad()
def reference(load, prompt):
    """Logits of the whole prompt, and greedy tokens with a cache. `load` makes a fresh model, because dynamic rotary
    scaling keeps state in the module."""
    logits = load()(torch.tensor([prompt]), use_cache=False).logits[0].float()
    model, cache, last, tokens, gap = load(), None, prompt, [], 1e9
    while len(tokens) < GREEDY:
        out = model(torch.tensor([last]), past_key_values=cache, use_cache=True)
        cache = out.past_key_values
        best = out.logits[0, -1].float().topk(2)
        gap = min(gap, (best.values[0] - best.values[1]).item())
        last = [best.indices[0].item()]
        tokens += last
    assert gap > 1e-3, f'greedy text hangs on a gap of {gap}; choose another seed'
    if hasattr(model.config, 'num_experts_per_tok'):
        routed = router_gap(model, load()(torch.tensor([prompt + tokens]), output_router_logits=True).router_logits)
        assert routed > 1e-4, f'a choice of experts hangs on a gap of {routed}; choose another seed'
    return logits, tokens, gap


def write(folder, load, prompt):
    os.makedirs(folder, exist_ok=True)
    logits, tokens, gap = reference(load, prompt)
    save_file({'logits': logits.contiguous()}, f'{folder}/logits.safetensors')
    with open(f'{folder}/reference.json', 'w') as f:
        json.dump(dict(prompt=prompt, greedy=tokens, smallest_gap=round(gap, 5)), f)
        f.write('\n')
    print(os.path.basename(folder), 'gap', round(gap, 4), 'largest logit', round(logits.abs().max().item(), 2))


def make(name):
    cls, config, stored, length, seed = MODELS[name]
    folder = f'{HERE}/{name}'
    shutil.rmtree(folder, ignore_errors=True)
    model = cls(config).eval()
    randomise(model, seed, stored)
    model.to(stored).save_pretrained(folder)
    for extra in ('generation_config.json',):
        if os.path.exists(f'{folder}/{extra}'):
            os.remove(f'{folder}/{extra}')
    g = torch.Generator().manual_seed(100 + seed)
    prompt = torch.randint(2, config.vocab_size, (length,), generator=g).tolist()
    write(folder, lambda: cls.from_pretrained(folder, dtype=torch.float32, attn_implementation='eager').eval(), prompt)


def tinymoe():
    text = open(f'{TINYMOE}/heldout.bin', 'rb').read()[:64]
    write(f'{HERE}/tinymoe', lambda: hf.MixtralForCausalLM.from_pretrained(
        TINYMOE, dtype=torch.float32, attn_implementation='eager').eval(), list(text))


torch.set_num_threads(1)
for name in sys.argv[1:] or [*MODELS, 'tinymoe']:
    tinymoe() if name == 'tinymoe' else make(name)
