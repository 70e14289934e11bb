"""Files: atomic writes, locks, text, and the code that files may name."""
