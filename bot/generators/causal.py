"""Generates in this process with a causal language model that follows a chat template. Knows no knowledge."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.generators.base import ChatMessage, GenerationFailed, Limits, Said
from bot.generators.causal_steps import CausalSteps
from bot.generators.local import LocalGenerator, Span
from bot.generators.weights import Weights, load

_LONGEST_CONTEXT = 32_768


class CausalGenerator(LocalGenerator):
    """A generator over a transformers folder or a hub's model; greedy, on a GPU if there is one."""

    def __init__(
        self,
        folder: str | Path,
        *,
        weights: Weights = "auto",
        waiting: int = 4,
        adapters: Mapping[str, Path] | None = None,
    ) -> None:
        """Load the model, which takes seconds. `waiting` drafts may stand in line behind the one being written.

        `adapters` are LoRA folders by name, of which `use` chooses one. Raises GenerationFailed when anything
        does not load.
        """
        loaded = load(str(folder), weights, adapters=adapters)
        if loaded.tokenizer.chat_template is None:
            raise GenerationFailed(f"{folder} has no chat template: choose a model that follows instructions")
        config: Any = loaded.model.config
        positions = getattr(config, "max_position_embeddings", _LONGEST_CONTEXT)
        self._causal: CausalSteps | None = CausalSteps(loaded)
        super().__init__(folder, loaded, self._causal, min(int(positions), _LONGEST_CONTEXT), waiting)

    def weigh(self, said: Sequence[Said], limits: Limits) -> list[float]:
        """The mean natural log-probability a token of each text after what stands before it, as plain text.

        GeneratorBusy while a draft is in work or waits; a text without tokens has 0.
        """
        with self._tokenizing:
            spans = [self._span(one) for one in said]
        if any(len(span.ids) == span.last or len(span.ids) > self._context for span in spans):
            raise GenerationFailed("nothing stands before a text, or too much")
        return self._weigh_spans(spans, limits)

    def close(self) -> None:
        """End the draft in work, refuse those that wait, free the model. A second call does nothing."""
        super().close()
        self._causal = None

    def _likelihood(self, span: Span, adapter: str) -> float:
        if not self._causal or not span.last:
            return 0.0
        return self._causal.likelihood(span.ids, span.last, comes_again=span.comes_again, variant=adapter)

    def _span(self, said: Said) -> Span:
        before, text = self._plain(said.before), self._plain(said.text)
        return Span(before + text, len(text), said.comes_again)

    def _plain(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return ids

    def _encode(self, messages: Sequence[ChatMessage], *, opened: bool) -> list[int]:
        conversation = [{"role": message.role, "content": message.content} for message in messages]
        ids: list[int] = self._tokenizer.apply_chat_template(
            conversation, add_generation_prompt=opened, sanitize_control_tokens=True, return_dict=False
        )
        return ids
