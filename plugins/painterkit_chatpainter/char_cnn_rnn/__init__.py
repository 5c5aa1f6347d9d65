"""The char-CNN-RNN text encoder of Reed et al. (2016), and what trains it."""
