"""`make bench`: speed is measured here, never asserted in a test. One figure needs a quiet machine."""

import argparse
import sys

from tests.benchmarks import importing, pages, writing

BENCHES = {"writing": writing.main, "importing": importing.main, "pages": pages.main}


def main() -> None:
    """Runs the benchmarks named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which; all when none is named")
    parser.add_argument("--rows", type=int, default=10_000_000, help="the largest database, in mentions")
    told = parser.parse_args()
    for name in told.names or BENCHES:
        print(f"\n== {name}", flush=True)
        BENCHES[name](told.rows)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
