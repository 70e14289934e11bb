"""Where training is: kept beside the brain, and taken up again in a run that was broken off."""
