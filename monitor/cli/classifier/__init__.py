"""Commands on the classifier: classify, predict, evaluate, explain, learn."""
