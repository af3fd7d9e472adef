"""Texts in, calibrated scores and a decision out."""
