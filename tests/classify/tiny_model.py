"""A sequence classifier of a few thousand random weights, as `transformers` saves it. Needs PyTorch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = ["@user", "http", "hola", "gracias", "pedido", "no", "llega", "nunca", "bien", "mal", "servicio", "!", "."]


def build(folder: Path, names: Sequence[str], seed: int = 1, **config: Any) -> Path:
    """Writes a model with these labels into `folder`, and returns it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    marks = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}
    vocabulary = marks | {word: at for at, word in enumerate(WORDS, len(marks))}
    cut = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    cut.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=cut, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
        id2label=dict(enumerate(names)),
        **config,
    )
    BertForSequenceClassification(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
