"""One agent: its body and its hand, what it sees, the words that it hears."""
