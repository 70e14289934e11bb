"""One world, several steering subsystems, several seeds: the runs, what came of them, table, curves and HParams."""
