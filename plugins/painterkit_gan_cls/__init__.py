"""GAN-CLS, the text-to-image network of Reed et al. (2016)."""
