"""Fear and how it generalises: what a gate keeps alive, what words come to mean, what others teach by theirs."""
