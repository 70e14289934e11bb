"""What TensorBoard shows of a run: scalars, layout, HParams, images, projector."""
