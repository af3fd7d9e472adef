"""Who a command acts as, and what it takes."""
