"""Conditioning, in the chamber: what classic experiments found of animals, and what TD learning makes of them."""
