"""Compare several steering subsystems in one world over seeds: runs, results, table, curves and HParams."""
