"""Opens a model in this process as the kind of generator that its config says. Knows no setting and no catalogue."""

from pathlib import Path

from bot.generators.base import GenerationFailed
from bot.generators.local import LocalGenerator
from bot.generators.weights import Weights, is_seq2seq


def open_local(
    name: str, *, weights: Weights = "auto", waiting: int = 4, adapter: Path | None = None
) -> LocalGenerator:
    """A folder or a hub's model: an encoder-decoder (T5, mT0), else a causal model with a chat template.

    The LoRA `adapter`, a folder, is in use under that folder's name. Raises GenerationFailed.
    """
    adapter = adapter.expanduser() if adapter else None
    adapters = {adapter.name: adapter} if adapter else {}
    if adapter and not adapter.is_dir():
        raise GenerationFailed(f"there is no adapter {adapter}: KEFU_ADAPTER is a folder")
    if is_seq2seq(name):
        from bot.generators.seq2seq import Seq2SeqGenerator as Kind
    else:
        from bot.generators.causal import CausalGenerator as Kind  # type: ignore[assignment]
    generator = Kind(name, weights=weights, waiting=waiting, adapters=adapters)
    generator.use(adapter.name if adapter else None)
    return generator
