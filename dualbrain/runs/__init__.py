"""Run one training from configuration to folder: build its parts, train, and save."""
