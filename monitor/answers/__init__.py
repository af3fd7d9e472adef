"""Answers to customers: templates (one folder a language) and drafts filled from a case."""
