"""The terminal: output, warnings, errors and questions."""
