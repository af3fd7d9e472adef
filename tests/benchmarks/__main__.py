"""`make bench`: speed is measured here, never asserted in a test. One figure needs a quiet machine."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import classifying, collecting, desk, engines, importing, listening, pages, topics, writing

BENCHES: dict[str, Callable[[argparse.Namespace], None]] = {
    "writing": lambda told: writing.main(told.rows),
    "importing": lambda told: importing.main(told.imported),
    "collecting": lambda told: collecting.main(told.largest),
    "listening": lambda _told: listening.main(),
    "desk": lambda _told: desk.main(),
    "pages": lambda told: pages.main(told.rows),
    "engines": lambda told: engines.main(told.rows),
    "topics": lambda told: topics.main(told.topics),
    "classifying": lambda told: classifying.main(told.posts, told.checkpoint, told.largest),
}


def main() -> None:
    """Runs the benchmarks named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which; all when none is named")
    parser.add_argument("--rows", type=int, default=10_000_000, help="the largest database, in mentions")
    parser.add_argument("--imported", type=int, default=1_000_000, help="importing: rows of the file")
    parser.add_argument("--posts", type=Path, help="classifying: a CSV file with a column text; else made-up posts")
    parser.add_argument("--topics", type=Path, help="topics: the folder of the two sets; else ../shared/data/topics")
    parser.add_argument("--checkpoint", type=Path, help="classifying: weights for the PyTorch yardstick")
    parser.add_argument(
        "--largest", type=int, default=100_000, help="classifying, collecting: the most posts, up to 1000000"
    )
    told = parser.parse_args()
    for name in told.names or BENCHES:
        print(f"\n== {name}", flush=True)
        BENCHES[name](told)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
