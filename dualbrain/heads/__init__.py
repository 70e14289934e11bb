"""Thought assessors: the short and the long head of every signal, and their targets."""
