"""The board: open cases by stage."""
