"""One module per network. A module directly in this package is a network by its name; helpers go into subpackages."""
