"""What is written of a classifier beside its files: the model card, the report and its pictures."""
