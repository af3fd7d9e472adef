"""The words of columns' names: what they say a column holds, or does not."""
