"""DF-GAN (Tao et al., 2022): one stage from noise to the picture, as a base."""
