"""How files write times: the forms, the names of months and zones, and what a library reads beyond them."""
