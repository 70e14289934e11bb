"""Fear and its generalisation: the evidence gate, words, and fear learned from others."""
