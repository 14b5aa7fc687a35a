"""Generates in this process with an encoder-decoder model (T5, FLAN-T5, mT0). Knows no knowledge.

Such models were taught tasks in plain text: they get the instruction, the facts and the question, and neither a
chat template nor worked examples, for what they read at once is short.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.generators.base import ChatMessage
from bot.generators.local import LocalGenerator
from bot.generators.seq2seq_steps import Seq2SeqSteps
from bot.generators.weights import Weights, load

# T5's positions are relative: nothing breaks behind what it was trained on, it only gets worse.
_TRAINED_CONTEXT = 1024


class Seq2SeqGenerator(LocalGenerator):
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
        loaded = load(str(folder), weights, seq2seq=True, adapters=adapters)
        added = loaded.tokenizer.added_tokens_decoder
        self._control = {*loaded.tokenizer.all_special_ids, *(number for number in added if added[number].special)}
        self._unknown = int(loaded.tokenizer.unk_token_id or 0)
        super().__init__(
            folder, loaded, Seq2SeqSteps(loaded), _context(loaded.model.config, loaded.tokenizer), waiting
        )

    def _encode(self, messages: Sequence[ChatMessage], *, opened: bool) -> list[int]:
        read = self._tokenizer(plain(messages), split_special_tokens=True, return_special_tokens_mask=True)
        # Control tokens are pieces of the vocabulary, too, that a text may spell: it gets none of them.
        return [
            self._unknown if number in self._control and not own else number
            for number, own in zip(read.input_ids, read.special_tokens_mask, strict=True)
        ]

    def _room(self, ids: Sequence[int]) -> int:
        # Prompt and draft have a context each.
        return self._context if len(ids) <= self._context else 0


def plain(messages: Sequence[ChatMessage]) -> str:
    """The instructions and the last question as one text; the worked examples in between are left out."""
    instructions = [message.content for message in messages if message.role == "system"]
    asked = [message.content for message in messages if message.role == "user"][-1:]
    return "\n\n".join([*instructions, *asked, *(["Answer:"] if asked else [])])


def _context(config: Any, tokenizer: Any) -> int:
    told = (
        getattr(config, "max_position_embeddings", None),
        getattr(config, "n_positions", None),
        tokenizer.model_max_length,
    )
    return min(next((int(length) for length in told if length), _TRAINED_CONTEXT), _TRAINED_CONTEXT)
