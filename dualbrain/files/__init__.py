"""Files: written whole or not at all, locked, as text; and which code they may name."""
