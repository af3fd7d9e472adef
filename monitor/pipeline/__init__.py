"""The steps of a run: the main line, classify, learn, hand over, listen, samples."""
