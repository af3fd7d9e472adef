"""Commands that write files, and what they share: the file itself, what is chosen, what Ctrl-C leaves."""
