"""Which row of a file is which post: ids as they are written, columns that never repeat, ids made from rows."""
