"""What can only be measured: speed, side by side with peers in one run, and what a drive contributes."""
