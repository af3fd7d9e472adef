"""The geometry by topic comes back from the layers of a network that was turned away from it."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tokenizers

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from monitor.classify.encoder import Encoder  # noqa: E402
from monitor.classify.heads import Heads  # noqa: E402
from monitor.classify.model import Classifier  # noqa: E402
from monitor.training import graph, moments, network, topics  # noqa: E402
from monitor.training.datasets import Example  # noqa: E402
from monitor.training.readings import UNKNOWN  # noqa: E402
from monitor.training.weights import Floats, PretrainedEncoder  # noqa: E402
from tests.training.tiny_network import SHAPE, Letters, sentences  # noqa: E402


@pytest.fixture
def pretrained(encoder: PretrainedEncoder) -> network.ClassifierNetwork:
    return network.build(encoder).eval()


@pytest.fixture
def turned(encoder: PretrainedEncoder) -> network.ClassifierNetwork:
    """The same network, its last layer bent to one direction as judging bends it."""
    net = network.build(encoder).eval()
    with torch.no_grad():
        last = net.encoder.encoder.layer[-1].output.LayerNorm
        last.weight[1:] *= 0.02
        last.weight[0] *= 20
    return net


def cosines(vectors: Floats) -> Floats:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    return found


def serialised(
    net: network.ClassifierNetwork, words: PretrainedEncoder, projection: graph.TopicProjection | None
) -> bytes:
    state = {name: values.numpy() for name, values in net.state_dict().items()}
    seen = moments.layer_inputs(net, sentences(100))
    made = graph.write_graph(state, words.word, SHAPE, 32, seen.moments, seen.reach, projection)
    content: bytes = made.SerializeToString()
    return content


def written(count: int, endings: Sequence[str] = ("", "xyz"), seed: int = 6) -> list[Example]:
    """Examples whose letters are drawn; those of one language end alike."""
    source = random.Random(seed)
    texts = ("".join(source.choices("abcdefghijklmnopqrstuvw", k=source.randrange(3, 18))) for _ in range(count))
    return [
        Example(text + endings[at % len(endings)], ("es", "en")[at % len(endings)], "made up", UNKNOWN, UNKNOWN)
        for at, text in enumerate(texts)
    ]


def ids_of(examples: list[Example]) -> list[list[int]]:
    return [encoding.ids for encoding in Letters().encode_batch_fast([example.text for example in examples])]


def classifier(folder: Path, content: bytes) -> Classifier:
    """A classifier of that graph; its words are w0, w1 and so on."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(content)
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({f"w{at}": at for at in range(40)}, unk_token="w3"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    words.save(str(folder / "tokenizer.json"))
    weight = np.random.default_rng(2).normal(size=(7, SHAPE.hidden)).astype(np.float32)
    heads = Heads("tiny", weight, np.zeros(7, dtype=np.float32), {})
    return Classifier(lambda: Encoder(folder / "model.onnx", folder / "tokenizer.json", 32), heads, folder)


def test_a_projection_brings_the_geometry_back(
    turned: network.ClassifierNetwork, pretrained: network.ClassifierNetwork
) -> None:
    projection = topics.fit(turned, pretrained, Letters(), written(900, endings=("",)))
    unseen = ids_of(written(100, endings=("",), seed=9))
    weights, last = projection.token_weights, SHAPE.layers
    wanted = topics.means(pretrained, unseen, weights, (last,))
    wanted = cosines(wanted - wanted.mean(axis=0))
    own = topics.means(turned, unseen, weights, (last,))
    projected = topics.means(turned, unseen, weights, projection.layers) @ projection.weight + projection.bias
    assert np.corrcoef(cosines(projected), wanted)[0, 1] > 0.8
    assert np.corrcoef(cosines(own - own.mean(axis=0)), wanted)[0, 1] < 0.7


def test_languages_lie_together_and_few_texts_are_no_language(
    turned: network.ClassifierNetwork, pretrained: network.ClassifierNetwork
) -> None:
    rows = written(600)
    projection = topics.fit(turned, pretrained, Letters(), rows)
    found = topics.means(turned, ids_of(rows), projection.token_weights, projection.layers) @ projection.weight
    spread = np.linalg.norm(found - found.mean(axis=0), axis=1).mean()
    assert np.linalg.norm(found[::2].mean(axis=0) - found[1::2].mean(axis=0)) < 0.01 * spread
    few = topics.fit(turned, pretrained, Letters(), [*rows[::2], *rows[1:100:2]])
    found = topics.means(turned, ids_of(rows), few.token_weights, few.layers) @ few.weight
    assert np.linalg.norm(found[::2].mean(axis=0) - found[1::2].mean(axis=0)) > 0.1 * spread


def test_a_sample_has_no_text_twice_and_not_more_of_a_language() -> None:
    rows = written(20)
    sample = topics.by_language(rows * 2, 4)
    assert sample == rows[:8]


def test_common_tokens_count_less_and_the_marks_nothing() -> None:
    weights = topics.weigh_tokens([[0, 5, 5, 5, 5, 7, 2]] * 50, 10)
    assert weights[:3].tolist() == [0, 0, 0]
    assert weights[5] < weights[7] < weights[9] == 1


def test_padding_changes_no_mean(pretrained: network.ClassifierNetwork) -> None:
    weights = np.linspace(0, 1, SHAPE.vocabulary, dtype=np.float32)
    weights[network.PAD] = 0
    texts = [[0, 5, 9, 2], [0, 7, 8, 9, 10, 11, 12, 2]]
    together = topics.means(pretrained, texts, weights, (0, 2))
    alone = np.concatenate([topics.means(pretrained, [text], weights, (0, 2)) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_the_graph_gives_what_was_fitted(
    encoder: PretrainedEncoder,
    turned: network.ClassifierNetwork,
    pretrained: network.ClassifierNetwork,
) -> None:
    from onnxruntime import InferenceSession

    projection = topics.fit(turned, pretrained, Letters(), written(300))
    session = InferenceSession(serialised(turned, encoder, projection))
    texts = sentences(20)
    exact = topics.means(turned, texts, projection.token_weights, projection.layers)
    exact = exact @ projection.weight + projection.bias
    for text, row in zip(texts, exact, strict=True):
        (vector,) = session.run(["topics"], {"ids": np.array([text])})[0]
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert vector @ row / np.linalg.norm(row) > 0.9


def test_a_classifier_gives_both_and_its_heads_read_their_own(
    encoder: PretrainedEncoder,
    turned: network.ClassifierNetwork,
    pretrained: network.ClassifierNetwork,
    tmp_path: Path,
) -> None:
    projection = topics.fit(turned, pretrained, Letters(), written(300))
    plain = classifier(tmp_path / "plain", serialised(turned, encoder, None))
    both = classifier(tmp_path / "both", serialised(turned, encoder, projection))
    texts = ["w3 w7 w9", "", "w30 w2 w2 w8", "w3 w7 w9"]
    vectors = both.topic_vectors(texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1, 1], abs=1e-5)
    assert np.array_equal(vectors[0], vectors[3])
    assert np.abs(both.vectors(texts) - plain.vectors(texts)).max() < 1e-5
    assert [scores.p_complaint for scores in both.scores(texts)] == pytest.approx(
        [scores.p_complaint for scores in plain.scores(texts)], abs=1e-5
    )


def test_without_topics_the_vectors_stand_for_them(
    encoder: PretrainedEncoder,
    pretrained: network.ClassifierNetwork,
    tmp_path: Path,
) -> None:
    plain = classifier(tmp_path / "plain", serialised(pretrained, encoder, None))
    vectors = plain.vectors(["w3 w7 w9", "w30 w2 w8"])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert plain.topic_vectors(["w3 w7 w9", "", "w30 w2 w8"])[[0, 2]] == pytest.approx(unit, abs=1e-6)
    assert plain.topic_vectors([""]).tolist() == [[0] * SHAPE.hidden]
