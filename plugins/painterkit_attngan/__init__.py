"""AttnGAN (Xu et al., 2018): pictures drawn by looking at the words."""
