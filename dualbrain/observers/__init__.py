"""Observe training without knowing the algorithm: scalars and the audit, pictures, stages of development."""
