"""What surrounds every page: language, person, notices, undo, words for troubles."""
