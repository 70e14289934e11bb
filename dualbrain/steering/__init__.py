"""The steering subsystem: signals, senses, drives, and how they are composed into a reward."""
