"""One run from configuration to folder: what it is made of, how it is trained, and what is kept of it."""
