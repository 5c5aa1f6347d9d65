"""The Neural Painter and its base, StackGAN++."""
