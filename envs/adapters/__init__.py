"""Senses for environments written by others: one file per package, loaded when an id is asked for that it serves.

A file says in literals at its top which ids it serves, by their beginnings (``BEGINNINGS``), and by which extra of this
distribution their package is installed (``EXTRA``); its ``ADAPTER`` gives them senses.
"""
