"""Reads a prompt at once and writes ids after it greedily, one by one. Knows no text."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from bot.generators.weights import Check, Loaded, end_tokens


class Seq2SeqSteps:
    """An encoder-decoder model. To be used by one thread."""

    def __init__(self, loaded: Loaded) -> None:
        self._model: Any = loaded.model
        self._device = loaded.device
        self._ends = end_tokens(loaded)
        settings: Any = self._model.generation_config
        self._start = int(settings.decoder_start_token_id or 0)
        self._forced = getattr(settings, "forced_bos_token_id", None)

    def tokens(self, ids: Sequence[int], fixed: Sequence[int], check: Check, variant: str) -> Iterator[int]:
        """Yield the ids of the draft, without end, until the model ends it. Nothing is kept between prompts."""
        check()
        read, mask, cache = *self._read(ids), self._empty()
        check()
        token = self._step(self._start, read, mask, cache)
        if self._forced is not None:
            token = self._step(self._forced, read, mask, cache)
        while token not in self._ends:
            yield token
            check()
            token = self._step(token, read, mask, cache)

    def _read(self, ids: Sequence[int]) -> tuple[Any, Any]:
        with torch.inference_mode():
            batch = torch.tensor([list(ids)], device=self._device)  # (1, len(ids))
            mask = torch.ones_like(batch)
            return self._model.get_encoder()(input_ids=batch, attention_mask=mask), mask

    def _empty(self) -> Any:
        from transformers import DynamicCache, EncoderDecoderCache

        return EncoderDecoderCache(DynamicCache(config=self._model.config), DynamicCache(config=self._model.config))

    def _step(self, token: int, read: Any, mask: Any, cache: Any) -> int:
        """Write `token` into `cache`; the likeliest next id."""
        with torch.inference_mode():
            written = torch.tensor([[token]], device=self._device)
            logits = self._model(
                encoder_outputs=read, attention_mask=mask, decoder_input_ids=written, cache=cache, use_cache=True
            ).logits  # (1, 1, vocabulary)
            return int(logits[0, -1].argmax())
