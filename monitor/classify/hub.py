"""Where another team's model is: a folder of `transformers`, or a hub that is asked for its files.

A hub is asked only for a model that is named by its hub id. What is fetched are weights as safetensors and the text
files beside them: no pickles, no code.
"""

import hashlib
import logging
import re
import time
from pathlib import Path

from monitor.errors import ModelError

logger = logging.getLogger(__name__)

_ID = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")
_CONFIG, WEIGHTS = "config.json", "*.safetensors"
_FILES = ["*.json", "*.txt", "*.model", WEIGHTS]


def is_external(model: str) -> bool:
    """Whether `model` names a folder of `transformers` or, without such a folder, a hub's: `org/name[@revision]`."""
    folder = Path(model).expanduser()
    return (folder / _CONFIG).is_file() if folder.is_dir() else bool(_ID.fullmatch(model))


def find(model: str) -> tuple[str, Path]:
    """Return a model's short name and the folder of its files, fetched if they are not there. Raises ModelError."""
    folder = Path(model).expanduser().resolve()
    return (folder.name, folder) if folder.is_dir() else (model.partition("@")[0].rpartition("/")[2], _fetch(model))


def _fetch(model: str) -> Path:
    """Return the cache's folder of a hub's model, brought up to date if the hub answers. Errors show no address."""
    from huggingface_hub import errors, snapshot_download

    name, _, revision = model.partition("@")
    offline = "Fetch it where there is a network (hf download), or name a folder that holds it."
    started = time.monotonic()
    try:
        snapshot = snapshot_download(name, revision=revision or None, allow_patterns=_FILES, ignore_patterns="*/*")
    except errors.LocalEntryNotFoundError:
        fault = f"the hub does not answer, and not all of it is in the cache. {offline}"
    except errors.GatedRepoError:
        fault = "its owners ask for consent. Accept the terms on its page and set HF_TOKEN."
    except errors.RepositoryNotFoundError:
        fault = "there is no such folder, and the hub has no such model, or a private one. Correct it, or set HF_TOKEN."
    except errors.RevisionNotFoundError:
        fault = f"the hub has no revision {revision!r} of it. Correct what follows the @."
    except Exception as error:  # the hub's client lets through what its libraries raise
        fault = f"the download failed ({type(error).__name__}). Try again. {offline}"
    else:
        seconds = round(time.monotonic() - started, 1)
        logger.info("model files ready", extra={"model": name, "seconds": seconds})
        return Path(snapshot)
    raise ModelError(f"The model {model} cannot be fetched: {fault}")


def digest(folder: Path, reading: str) -> str:
    """Return eight digits that change with weights, tokenizer, configuration or how the answers are read."""
    hasher = hashlib.sha256(reading.encode())
    for path in sorted({path for pattern in _FILES for path in folder.glob(pattern)}):
        hasher.update(path.name.encode())
        with path.open("rb") as content:
            hasher.update(hashlib.file_digest(content, "sha256").digest())
    return hasher.hexdigest()[:8]
