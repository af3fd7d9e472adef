"""How the default classifier was made. Needs the extra `[train]`; nothing outside this package imports it."""
