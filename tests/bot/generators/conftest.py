"""Models of two tiny layers with random weights, their tokenizers, and adapters for them."""

import contextlib
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def write_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {character: number for number, character in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(CONTROL)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
    )
    fast.save_pretrained(folder)
    return fast


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformers folder of a Qwen2 with random weights that never ends its turn by itself."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = write_tokenizer(folder)
    torch.manual_seed(3)
    config = Qwen2Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        eos_token_id=tokenizer.eos_token_id,
        tie_word_embeddings=True,
        initializer_range=0.5,
    )
    model = Qwen2ForCausalLM(config)
    with torch.no_grad():
        # Control tokens, the end among them, are then never the likeliest.
        model.get_input_embeddings().weight[-len(CONTROL) :] = 0
    model.to(torch.bfloat16).save_pretrained(folder)
    return folder


LINES = [
    "You can return goods within 30 days. Return shipping costs 4.90 €.",
    "Facts: Question: Answer: Customer: Support: Answer in English, with the facts only.",
    "We ship to Norway for 12 €. How long does it take? Do you deliver?",
    "自行车保修期为五年。退货运费为4.90欧元。你们送货吗？",
]


def write_t5_tokenizer(folder: Path) -> Any:
    """Trained on a few lines, with T5's normal form: pieces of words, an end, and sentinels."""
    from tokenizers import SentencePieceUnigramTokenizer
    from transformers import T5Tokenizer

    trained = SentencePieceUnigramTokenizer()
    special = ["<pad>", "</s>", "<unk>"]
    trained.train_from_iterator(LINES * 4, vocab_size=220, special_tokens=special, unk_token="<unk>")
    vocabulary = [tuple(piece) for piece in json.loads(trained.to_str())["model"]["vocab"]]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=5, model_max_length=512)
    tokenizer.save_pretrained(folder)
    return tokenizer


@pytest.fixture(scope="session")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transformers folder of a T5 with random weights that never ends by itself."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp("tiny-t5")
    tokenizer = write_t5_tokenizer(folder)
    torch.manual_seed(5)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=32,
        d_kv=8,
        d_ff=48,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    model = T5ForConditionalGeneration(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.5)
        # Control tokens, the end among them, are then never the likeliest.
        model.get_input_embeddings().weight[tokenizer.all_special_ids] = 0
    model.to(torch.bfloat16).save_pretrained(folder)
    return folder


MakeAdapter = Callable[..., Path]


@contextlib.contextmanager
def peft_warnings_apart() -> Iterator[None]:
    """peft calls what transformers renames, and warns of ties and hubs: that is no fault of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def make_adapter(tmp_path: Path) -> MakeAdapter:
    """Writes a LoRA adapter with random matrices for a model's folder."""

    def make(base: Path, name: str, *, seed: int = 1, **options: Any) -> Path:
        import torch
        from peft import LoraConfig, get_peft_model
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

        seq2seq = AutoConfig.from_pretrained(base).is_encoder_decoder
        kind: Any = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
        told = {"r": 4, "target_modules": ["q", "v"] if seq2seq else ["q_proj", "v_proj"], **options}
        config = LoraConfig(task_type="SEQ_2_SEQ_LM" if seq2seq else "CAUSAL_LM", **told)
        with peft_warnings_apart():
            model = get_peft_model(kind.from_pretrained(base), config)
        torch.manual_seed(seed)
        with torch.no_grad():
            for path, parameter in model.named_parameters():
                if "lora_" in path:
                    parameter.normal_(std=0.5)
        with peft_warnings_apart():
            model.save_pretrained(tmp_path / name)
        return tmp_path / name

    return make
