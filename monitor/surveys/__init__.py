"""The satisfaction survey: signed links, the page, answers, import of answers."""
