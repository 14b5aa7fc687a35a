"""Loads a language model for the machine at hand. Knows no prompt, no queue and no thread.

On a CPU the weights are kept as int8 with one scale a row: writing a token is bound by memory, so a quarter of
the bytes gives about four times the speed. Activations stay floating-point.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from bot.generators.adapters import Adapters, is_adapted
from bot.generators.base import GenerationFailed

Weights = Literal["auto", "float32", "bfloat16", "int8"]

Check = Callable[[], None]
"""Called before each step of a model; raises to stop."""

# Up to so many rows the packed kernel beats a matrix product over weights unpacked to this type.
_FEW_ROWS = {torch.float32: 192, torch.bfloat16: 48}
_CHUNK_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to run, its tokenizer and how its weights are kept."""

    model: nn.Module
    tokenizer: Any
    device: torch.device
    weights: str
    adapters: Adapters


def load(
    name: str, weights: Weights = "auto", *, seq2seq: bool = False, adapters: Mapping[str, Path] | None = None
) -> Loaded:
    """Load a local folder, without touching any network, or a hub's name; `adapters` are LoRA folders by name.

    `auto` is bfloat16 on a GPU and int8 on a CPU. Raises GenerationFailed when there is no such model.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    kept = _kept(weights, device)
    try:
        model, tokenizer = _open(name, torch.float32 if kept == "float32" else torch.bfloat16, seq2seq)
    except (OSError, ValueError, KeyError, ImportError) as error:
        raise _unloadable(name, error) from error
    attached = Adapters(model, adapters)
    if kept == "int8":
        pack(model)
    return Loaded(model.to(device).eval(), tokenizer, device, kept, attached)


def _kept(weights: Weights, device: torch.device) -> str:
    if device.type == "cuda":
        return "bfloat16" if weights in {"auto", "int8"} else weights
    return "int8" if weights == "auto" else weights


def end_tokens(loaded: Loaded) -> frozenset[int]:
    """The ids with which the model ends a draft."""
    settings: Any = loaded.model.generation_config
    ends = settings.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return frozenset(end for end in [*listed, loaded.tokenizer.eos_token_id] if end is not None)


def is_seq2seq(name: str) -> bool:
    """Whether a folder or a hub's model is an encoder-decoder, by its config. Raises GenerationFailed."""
    from transformers import AutoConfig

    try:
        config = AutoConfig.from_pretrained(name, local_files_only=Path(name).is_dir(), trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise _unloadable(name, error) from error
    return bool(config.is_encoder_decoder)


def _unloadable(name: str, error: Exception) -> GenerationFailed:
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return GenerationFailed(f"cannot load the generator {name}: {reason}")


def _open(name: str, dtype: torch.dtype, seq2seq: bool) -> tuple[nn.Module, Any]:
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    place: dict[str, Any] = {"local_files_only": Path(name).is_dir(), "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, **place)
        kind: Any = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
        return kind.from_pretrained(name, dtype=dtype, use_safetensors=True, **place), tokenizer
    finally:
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def pack(model: nn.Module) -> None:
    """Replace each linear layer, and an embedding tied to one, by its int8 form; all else becomes float32.

    Adapters' matrices are small, and stay.
    """
    wide = bfloat16_is_fast()
    linears = [
        (parent, name, child)
        for path, parent in model.named_modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear) and not is_adapted(path)
    ]
    tied = {id(child.weight): number for number, (_, _, child) in enumerate(linears)}
    packed = _quantise_all([child.weight for _, _, child in linears])
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Embedding) and id(child.weight) in tied:
                setattr(parent, name, Int8Embedding(*packed[tied[id(child.weight)]]))
    for (parent, name, child), (weight, scale) in zip(linears, packed, strict=True):
        setattr(parent, name, Int8Linear(weight, scale, child.bias, wide))
    for parameter in model.parameters():
        parameter.data = parameter.data.float()


def _quantise_all(weights: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Layer beside layer, each on one core: threads within a layer would meet a thousand times."""
    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(quantise, weights))
    finally:
        torch.set_num_threads(threads)


def quantise(weight: Tensor) -> tuple[Tensor, Tensor]:
    """int8 (rows, columns) and a scale (rows,) in bfloat16, as the kernel wants it.

    The scale is rounded before the weights are, so that its rounding costs nothing.
    """
    packed = torch.empty(weight.shape, dtype=torch.int8)
    scales = torch.empty(len(weight), dtype=torch.bfloat16)
    for start in range(0, len(weight), _CHUNK_ROWS):
        rows = slice(start, start + _CHUNK_ROWS)
        values = weight.detach()[rows].to(torch.float32, copy=True)
        # One step of bfloat16 more, so that rounding down pushes nothing past 127.
        scale = (torch.linalg.vector_norm(values, float("inf"), dim=1) / 127 * (1 + 2**-8)).bfloat16()
        scale = torch.where(scale > 0, scale, torch.ones_like(scale))
        packed[rows] = values.mul_(scale.float().reciprocal()[:, None]).round_()
        scales[rows] = scale
    return packed, scales


class Int8Linear(nn.Module):
    """A linear layer over int8 weights: float32 (…, columns) to float32 (…, rows)."""

    weight: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor, scale: Tensor, bias: Tensor | None, bfloat16: bool) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)
        self._bias = None if bias is None else bias.detach().float()
        self._unpacked = torch.bfloat16 if bfloat16 else torch.float32
        self._few_rows = _FEW_ROWS[self._unpacked]

    def forward(self, x: Tensor) -> Tensor:
        """Few rows go through the packed kernel, many through weights unpacked on the way."""
        flat = x.reshape(-1, x.shape[-1])
        product = self._few(flat) if len(flat) <= self._few_rows else self._many(flat)
        if self._bias is not None:
            product = product + self._bias
        return product.view(*x.shape[:-1], -1)

    def _few(self, x: Tensor) -> Tensor:
        return torch._weight_int8pack_mm(x.bfloat16(), self.weight, self.scale).float()

    def _many(self, x: Tensor) -> Tensor:
        product = x.to(self._unpacked) @ self.weight.to(self._unpacked).t()
        return product.float() * self.scale.float()


class Int8Embedding(nn.Module):
    """An embedding over int8 weights: ids (…) to float32 (…, columns)."""

    weight: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """The rows of these ids."""
        return self.weight[ids].float() * self.scale[ids].float().unsqueeze(-1)


def bfloat16_is_fast() -> bool:
    """Whether this CPU multiplies bfloat16 matrices clearly faster than float32 ones (asked by trying)."""
    return _seconds(torch.bfloat16) * 1.5 < _seconds(torch.float32)


def _seconds(dtype: torch.dtype) -> float:
    left, right = torch.ones(128, 1024, dtype=dtype), torch.ones(1024, 1024, dtype=dtype)
    best = float("inf")
    for _ in range(4):
        started = time.perf_counter()
        torch.mm(left, right)
        best = min(best, time.perf_counter() - started)
    return best
