"""The pages, one module each; every one has `show()`."""
