"""Destinations of cases, one module each: its name is its registration, unless it begins with `_`."""
