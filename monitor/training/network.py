"""The network: a BERT encoder, the mean of its token vectors, and three linear heads."""

import re

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from monitor.classify.heads import ROWS
from monitor.training.weights import Floats, PretrainedEncoder

LOGITS = max(rows.stop for rows in ROWS.values())
"""Of all heads together."""
PAD = 1
"""Id of `<pad>`, in the full vocabulary and in any trimmed one."""


class ClassifierNetwork(nn.Module):
    """`forward(ids, mask)`, both (batch, tokens), gives the logits of all heads (batch, LOGITS), see `heads.ROWS`."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.heads = nn.Linear(config.hidden_size, LOGITS)

    def freeze(self, layers: int) -> None:
        """Let everything learn but the word embeddings and, if `layers`, all that lies below that layer."""
        for name, parameter in self.named_parameters():
            place = re.match(r"encoder\.encoder\.layer\.(\d+)\.", name)
            below = int(place[1]) < layers if place else layers > 0 and name.startswith("encoder.embeddings.")
            parameter.requires_grad_(not below and "word_embeddings" not in name)

    def embed(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return mean-pooled vectors, shape (batch, hidden)."""
        states: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        return (states * weights).sum(1) / weights.sum(1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Return the logits of all heads, in float32."""
        logits: Tensor = self.heads(self.dropout(self.embed(ids, mask))).float()
        return logits


def build(encoder: PretrainedEncoder, full_ids: npt.NDArray[np.int64] | None = None) -> ClassifierNetwork:
    """Return a network with the pretrained encoder and fresh heads; `full_ids` selects the rows of the vocabulary."""
    word = encoder.word.dense() if full_ids is None else _rows(encoder, full_ids)
    shape = encoder.shape
    config = BertConfig(
        vocab_size=len(word),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=PAD,
    )
    network = ClassifierNetwork(config)
    state = {f"encoder.{name}": torch.from_numpy(values) for name, values in _bert_state(encoder, word).items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    if unexpected or any(not name.startswith("heads.") for name in missing):
        raise ValueError(f"weights do not fit: missing {missing}, unexpected {unexpected}")
    nn.init.normal_(network.heads.weight, std=0.02)
    nn.init.zeros_(network.heads.bias)
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


def _rows(encoder: PretrainedEncoder, full_ids: npt.NDArray[np.int64]) -> Floats:
    word = encoder.word
    return type(word)(word.values[full_ids], word.scales[full_ids]).dense()


_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KIND = {"w": "weight", "b": "bias"}


def _bert_state(encoder: PretrainedEncoder, word: Floats) -> dict[str, Floats]:
    """Return the tensors under the names of `transformers`' BertModel."""
    tensors, hidden = encoder.tensors, encoder.shape.hidden
    state = {
        "embeddings.word_embeddings.weight": word,
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for name, values in tensors.items():
        if not name.startswith("emb."):
            layer, part, kind = name.split(".")
            state[f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{_KIND[kind]}"] = values
    return state
