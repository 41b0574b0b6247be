#!/usr/bin/env python3
"""Make the reference tokenizers of the functional tests and what HuggingFace's tokenizers library does with them.

    python3 make_tokenizers.py        (needs tokenizers; writes tokenizers/NAME.json and tokenizers/cases.json beside this)

Each is trained on the first 40,000 bytes of the shipped held-out text. cases.json holds, per tokenizer, texts with
their tokens (special tokens added) and the decoded text. Made with tokenizers 0.23.3.
"""
import json, os
from tokenizers import Tokenizer, Regex, AddedToken, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = open(f'{HERE}/../../../Traces/models/tinymoe/heldout.bin', 'rb').read()[:40000].decode('ascii').replace('\0', '')
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN = LLAMA3.replace('{1,3}', '')
CASES = ['', 'Hello world', ' leading and  double  spaces ', "don't can't WE'LL they'Re 'twas I'd", 'x = 12345 + 6.78;',
         'line one\nline two\r\n\r\n  indented\n\n\n', 'tabs\tand\u00a0no-break\u3000wide', 'naïve café Ünïcödé ß',
         'e\u0301 composed \u00e9', '日本語のテキスト 12３４', 'emoji 👍🏽 family 👨‍👩‍👧', '<|begin|>inside<|end|> after', '  ', '\n',
         '...!!!\n\n??', "a'b''c", 'ⅷ½²', 'mixed123abc', 'end with space ', TEXT[1000:1400]]


def build(name):
    t = Tokenizer(models.BPE(ignore_merges=name == 'llama3'))
    split = lambda p: pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(p), 'isolated'), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    if name == 'gpt2':
        t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    elif name == 'gpt2-prefix':
        t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    elif name == 'llama3':
        t.pre_tokenizer = split(LLAMA3)
    elif name == 'qwen2':
        t.normalizer = normalizers.NFC()
        t.pre_tokenizer = split(QWEN)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator([TEXT], trainers.BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=['<|begin|>', '<|end|>']))
    if name == 'llama3':
        t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
            single='<|begin|> $A', special_tokens=[('<|begin|>', t.token_to_id('<|begin|>'))])])
    else:
        t.post_processor = processors.ByteLevel(trim_offsets=False)
    t.save(f'{HERE}/tokenizers/{name}.json', pretty=False)
    cases = [dict(text=c, tokens=t.encode(c).ids) for c in CASES]
    for c in cases:
        c['decoded'] = t.decode(c['tokens'], skip_special_tokens=False)
    return cases


os.makedirs(f'{HERE}/tokenizers', exist_ok=True)
with open(f'{HERE}/tokenizers/cases.json', 'w') as f:
    json.dump({n: build(n) for n in ('gpt2', 'gpt2-prefix', 'llama3', 'qwen2')}, f, ensure_ascii=True)
    f.write('\n')
