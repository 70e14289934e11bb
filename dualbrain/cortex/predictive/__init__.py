"""The `predictive` cortex: it completes what is hidden and predicts its own next thoughts."""
