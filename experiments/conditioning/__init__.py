"""Conditioning in the chamber: classic experiments, reproduced with TD learning."""
