"""Finds the parts of a package in its files, importing none of them."""
