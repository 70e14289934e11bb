"""What can only be measured: speed, side by side with peers in one run, and what a drive contributes."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait ruin a busy machine
