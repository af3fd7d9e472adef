"""tmp"""
import json
from typing import Any
def engine(tokenizer: dict[str, Any], max_tokens: int) -> Any:
    """Return a `tokenizers` engine that cuts at `max_tokens`, special tokens included."""
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(json.dumps(tokenizer))
    made.enable_truncation(max_tokens)
    made.no_padding()
    return made
