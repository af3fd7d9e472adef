"""What several pages draw: cards, charts, labels, clocks, escaping, words for outcomes."""
