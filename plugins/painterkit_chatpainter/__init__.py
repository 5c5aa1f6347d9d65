"""ChatPainter (Sharma et al., 2018) and the StackGAN it is built on."""
