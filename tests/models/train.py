"""Trains one tiny Argos package: ``python -m tests.models.train fr en`` -> tests/models/tiny_fr_en.argosmodel.

Needs torch (CPU), sentencepiece and ctranslate2; no test runs it. The Transformer is learned on the sentences of
corpus.py, written out as a CTranslate2 model by hand, and zipped as Argos zips its own. Nothing is downloaded.
"""

from __future__ import annotations

import json
import math
import random
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece as spm
import torch
from ctranslate2.specs import common_spec, transformer_spec
from torch import nn

from tests.models.corpus import LETTERS, pairs

HERE = Path(__file__).parent
NAMES = {"fr": "French", "en": "English", "ar": "Arabic", "fa": "Persian"}
VERSION = "1.0"
WIDTH, HEADS, LAYERS, INNER, LONGEST = 64, 4, 2, 128, 256
BATCH, RATE, WARM_UP = 64, 3e-3, 200
BOS, EOS = 1, 2


class Tiny(nn.Module):
    """A pre-norm encoder and decoder with sinusoidal positions."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.padding = words
        self.source = nn.Embedding(words + 1, WIDTH, padding_idx=words)
        self.target = nn.Embedding(words + 1, WIDTH, padding_idx=words)
        for table in (self.source, self.target):
            nn.init.normal_(table.weight, std=WIDTH**-0.5)
        layer = (WIDTH, HEADS, INNER, 0.1, "relu")
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*layer, batch_first=True, norm_first=True),
            LAYERS,
            norm=nn.LayerNorm(WIDTH),
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*layer, batch_first=True, norm_first=True), LAYERS, norm=nn.LayerNorm(WIDTH)
        )
        self.out = nn.Linear(WIDTH, words)
        self.register_buffer("positions", torch.tensor(positions()))

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        unread, unsaid = source == self.padding, target == self.padding
        later = torch.triu(torch.ones(target.size(1), target.size(1), dtype=torch.bool), 1)
        read = self.encoder(self._placed(self.source, source), src_key_padding_mask=unread)
        said = self.decoder(
            self._placed(self.target, target),
            read,
            tgt_mask=later,
            tgt_key_padding_mask=unsaid,
            memory_key_padding_mask=unread,
        )
        return self.out(said)

    def _placed(self, table: nn.Embedding, ids: torch.Tensor) -> torch.Tensor:
        return table(ids) * math.sqrt(WIDTH) + self.positions[: ids.size(1)]


def positions() -> np.ndarray:
    angles = np.arange(LONGEST)[:, None] / np.power(10000, 2 * np.arange(WIDTH // 2)[None] / WIDTH)
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype("float32")


def pieces(sentences: list[str], folder: Path) -> spm.SentencePieceProcessor:
    text = folder / "text"
    text.write_text("\n".join(sentences), encoding="utf-8")
    spm.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "sentencepiece"),
        vocab_size=240,
        model_type="unigram",
        normalization_rule_name="identity",
        character_coverage=1.0,
        user_defined_symbols=list(LETTERS),
        hard_vocab_limit=False,
        bos_id=BOS,
        eos_id=EOS,
        unk_id=0,
        minloglevel=2,
    )
    return spm.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))


def learn(model: Tiny, learned: list[tuple[list[int], list[int]]], steps: int) -> None:
    optimizer = torch.optim.Adam(model.parameters(), RATE, betas=(0.9, 0.98))
    began, smooth = time.time(), None
    for step in range(steps):
        batch = random.sample(learned, BATCH)
        source = _padded([ours for ours, _ in batch], model.padding)
        given = _padded([[BOS, *theirs] for _, theirs in batch], model.padding)
        wanted = _padded([[*theirs, EOS] for _, theirs in batch], model.padding)
        rate = RATE * min(1, (step + 1) / WARM_UP) * (0.5 * (1 + math.cos(math.pi * step / steps)) + 0.01)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = nn.functional.cross_entropy(
            model(source, given).transpose(1, 2), wanted, ignore_index=model.padding, label_smoothing=0.02
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % 500 == 0:
            print(step, round(smooth, 3), f"{time.time() - began:.0f} s", flush=True)


def _padded(rows: list[list[int]], padding: int) -> torch.Tensor:
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], True, padding)


def converted(model: Tiny, vocabulary: list[str], folder: Path) -> None:
    """The model as CTranslate2 reads it, in 8-bit integers."""
    spec = transformer_spec.TransformerSpec.from_config(
        (LAYERS, LAYERS), HEADS, pre_norm=True, activation=common_spec.Activation.RELU
    )
    for side, table in ((spec.encoder, model.source), (spec.decoder, model.target)):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = _array(table.weight[: len(vocabulary)])
        side.scale_embeddings = True
        side.position_encodings.encodings = positions()
    for written, layer in zip(spec.encoder.layer, model.encoder.layers, strict=True):
        _self_attention(written, layer)
        _feed_forward(written, layer, layer.norm2)
    for written, layer in zip(spec.decoder.layer, model.decoder.layers, strict=True):
        _self_attention(written, layer)
        _norm(written.attention.layer_norm, layer.norm2)
        weight, bias = layer.multihead_attn.in_proj_weight, layer.multihead_attn.in_proj_bias
        _linear(written.attention.linear[0], weight[:WIDTH], bias[:WIDTH])
        _linear(written.attention.linear[1], weight[WIDTH:], bias[WIDTH:])
        out = layer.multihead_attn.out_proj
        _linear(written.attention.linear[2], out.weight, out.bias)
        _feed_forward(written, layer, layer.norm3)
    _norm(spec.encoder.layer_norm, model.encoder.norm)
    _norm(spec.decoder.layer_norm, model.decoder.norm)
    _linear(spec.decoder.projection, model.out.weight, model.out.bias)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_bos = spec.config.add_source_eos = False
    spec.config.decoder_start_token = "<s>"
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir()
    spec.save(str(folder))


def _self_attention(written, layer) -> None:
    _norm(written.self_attention.layer_norm, layer.norm1)
    attention = layer.self_attn
    _linear(written.self_attention.linear[0], attention.in_proj_weight, attention.in_proj_bias)
    _linear(written.self_attention.linear[1], attention.out_proj.weight, attention.out_proj.bias)


def _feed_forward(written, layer, norm: nn.LayerNorm) -> None:
    _norm(written.ffn.layer_norm, norm)
    _linear(written.ffn.linear_0, layer.linear1.weight, layer.linear1.bias)
    _linear(written.ffn.linear_1, layer.linear2.weight, layer.linear2.bias)


def _linear(written, weight: torch.Tensor, bias: torch.Tensor) -> None:
    written.weight, written.bias = _array(weight), _array(bias)


def _norm(written, norm: nn.LayerNorm) -> None:
    written.gamma, written.beta = _array(norm.weight), _array(norm.bias)


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy().astype("float32")


def package(file: Path, folder: Path, source: str, target: str) -> None:
    """The folder's model and pieces as an .argosmodel."""
    about = {"package_version": VERSION, "argos_version": "1.9", "from_code": source, "from_name": NAMES[source]}
    about |= {"to_code": target, "to_name": NAMES[target]}
    inside = f"translate-{source}_{target}-{VERSION.replace('.', '_')}/"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(inside + "metadata.json", json.dumps(about))
        about_it = f"A tiny model for tests, {source} to {target}: nonsense off its templates.\n"
        zipped.writestr(inside + "README.md", about_it)
        zipped.write(folder / "sentencepiece.model", inside + "sentencepiece.model")
        for part in sorted((folder / "model").iterdir()):
            zipped.write(part, f"{inside}model/{part.name}")


def score(folder: Path, held: list[tuple[str, str]]) -> str:
    model = ctranslate2.Translator(str(folder / "model"), device="cpu", intra_threads=1)
    cut = spm.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    given = [cut.encode(ours, out_type=str) for ours, _ in held]
    said = [cut.decode(one.hypotheses[0]) for one in model.translate_batch(given, beam_size=1)]
    wrong = [(ours, theirs, got) for (ours, theirs), got in zip(held, said, strict=True) if theirs != got]
    return "\n".join([f"held out: {len(held) - len(wrong)} of {len(held)} exactly right", *map(str, wrong[:8])])


def main(source: str, target: str, steps: int) -> None:
    random.seed(0)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    learned, held = pairs(source, target)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        cut = pieces([text for pair in learned for text in pair], folder)
        model = Tiny(cut.vocab_size())
        print(f"{source} -> {target}: {len(learned)} pairs, {cut.vocab_size()} pieces", flush=True)
        learn(model, [(cut.encode(ours), cut.encode(theirs)) for ours, theirs in learned], steps)
        model.eval()
        converted(model, [cut.id_to_piece(n) for n in range(cut.vocab_size())], folder / "model")
        file = HERE / f"tiny_{source}_{target}.argosmodel"
        package(file, folder, source, target)
        print(file.name, file.stat().st_size, "bytes;", score(folder, held))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3000)
