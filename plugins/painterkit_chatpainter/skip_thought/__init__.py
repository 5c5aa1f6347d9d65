"""Skip-thought (Kiros et al., 2015): the text encoder of ChatPainter's turns, and its training."""
