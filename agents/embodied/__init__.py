"""What every algorithm in a steered world has in common, one part in each file."""
