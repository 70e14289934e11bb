"""One engine for all native gridworlds.

A world is a page of declarations (`envs.engine.declarations`). They become tables (`tables`), the state of N worlds
is a struct of arrays (`state`), and one single-threaded Numba kernel (`kernel`) interprets the tables for all worlds
at once. Each world has a random stream of its own (`randomness`): world ``i`` of a batch is bit-identical to the same
world run alone.
"""
