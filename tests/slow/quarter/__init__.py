"""A quarter of a year on loopback: networks with the rules of the real ones, bad weather, what is left at the end."""
