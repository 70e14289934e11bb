"""Callbacks of a run: monitor file, evaluations, time limit, progress bar."""
