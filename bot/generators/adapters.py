"""Puts LoRA adapters beside a model's layers and switches between them. Knows no prompt, no queue and no thread.

The base's weights stay as they are: an adapted layer adds the product of two small float matrices to what the
layer gives, whether that one is packed into int8 or not. So switching costs no loading, and an adapter that was
trained on float weights is not rounded with them.

LoRA: E. Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, https://arxiv.org/abs/2106.09685
"""

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from bot.generators.base import GenerationFailed
from knowledge.embedders.fingerprint import fingerprint

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_CURE = "choose a LoRA adapter that was made for this model"


class Adapters:
    """The adapters of one model, none of which is in use at first. To be used by one thread."""

    def __init__(self, model: nn.Module, folders: Mapping[str, Path] | None = None) -> None:
        """Attach the adapters in `folders`, by their names, to `model`. Raises GenerationFailed."""
        self._peft: Any = None
        self._active = ""
        self._versions: dict[str, str] = {}
        for name, folder in (folders or {}).items():
            self._attach(model, name, folder)
            self._versions[name] = fingerprint(folder)

    @property
    def versions(self) -> Mapping[str, str]:
        """By name, what tells an adapter apart from others of its name."""
        return self._versions

    def activate(self, name: str) -> None:
        """Let the model compute with this adapter; with none for ""."""
        if name == self._active:
            return
        lora = self._peft.base_model
        if name:
            lora.enable_adapter_layers()
            lora.set_adapter(name, inference_mode=True)
        else:
            lora.disable_adapter_layers()
        self._active = name

    def _attach(self, model: nn.Module, name: str, folder: Path) -> None:
        try:
            from peft import PeftModel
        except ImportError as error:
            raise GenerationFailed("adapters need the package peft: pip install 'kefu[adapters]'") from error
        _refuse_others(folder)
        try:
            with warnings.catch_warnings():
                # What it warns of, weights that are missing or too many, is an error below.
                warnings.simplefilter("ignore")
                if self._peft is None:
                    self._peft = PeftModel.from_pretrained(model, folder, name, is_trainable=False)
                else:
                    self._peft.load_adapter(folder, name, is_trainable=False)
                self._peft.base_model.disable_adapter_layers()
                _compare(self._peft, name, folder)
        # peft, torch and safetensors each have errors of their own for what does not fit.
        except Exception as error:
            reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise GenerationFailed(f"cannot use the adapter {folder}: {reason[:200]}; {_CURE}") from error


def is_adapted(path: str) -> bool:
    """Whether a module's path leads into an adapter's own matrices."""
    return "lora_" in path


def _refuse_others(folder: Path) -> None:
    """Only plain LoRA in safetensors adds to a layer and can be taken away again."""
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise GenerationFailed(f"{folder} is no LoRA adapter: it has no {name}")
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        kind = config["peft_type"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise GenerationFailed(f"{folder} is no LoRA adapter: {CONFIG} cannot be read") from error
    init = config.get("init_lora_weights", True)
    odd = [
        key
        for key in ("use_dora", "modules_to_save", "trainable_token_indices", "alora_invocation_tokens")
        if config.get(key)
    ]
    odd += [f"bias {config['bias']}"] if config.get("bias", "none") != "none" else []
    # These change the base's weights as well.
    odd += [f"init_lora_weights {init}"] if isinstance(init, str) and init != "gaussian" else []
    if kind != "LORA" or odd:
        raise GenerationFailed(
            f"{folder} is no plain LoRA adapter ({', '.join(odd) or kind}), and no other kind is known"
        )


def _compare(peft: Any, name: str, folder: Path) -> None:
    """Raises ValueError unless the model holds exactly the adapter's weights, on linear layers, all finite."""
    import torch
    from peft import get_peft_model_state_dict
    from peft.tuners.lora import Linear, LoraLayer
    from safetensors.torch import load_file

    stored = load_file(folder / WEIGHTS)
    # Else peft asks a hub whether its vocabulary has grown.
    held = get_peft_model_state_dict(peft, adapter_name=name, save_embedding_layers=False)
    if any(isinstance(module, LoraLayer) and not isinstance(module, Linear) for module in peft.modules()):
        raise ValueError("it changes more than linear layers")
    if stored.keys() != held.keys():
        raise ValueError(f"{len(stored.keys() ^ held.keys())} of its weights have no place in the model")
    if not all(bool(torch.isfinite(weight).all()) for weight in stored.values()):
        raise ValueError("its weights are damaged")
