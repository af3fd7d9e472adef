"""The command about accounts."""
