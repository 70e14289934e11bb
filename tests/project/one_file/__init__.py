"""What somebody would write who adds one part of each kind: the sources, by where they are put."""
