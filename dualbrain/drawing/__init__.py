"""Pictures from data: canvas, text, colours, charts, figures."""
