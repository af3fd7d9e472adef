"""Reading the rows of a file into pages that are ready to be stored: here, or in a process of its own."""
