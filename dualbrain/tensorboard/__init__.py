"""Write a run for TensorBoard: scalars, layout, HParams, images, projector."""
