"""What happens beside the training: monitor file, evaluations, time limit, progress bar."""
