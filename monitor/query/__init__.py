"""The query language: parser, terms, translation to what a network searches."""
