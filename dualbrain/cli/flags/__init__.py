"""What each command takes, as argparse knows it; nothing here imports what the commands do."""
