"""The embedded data set: drawn faces, and what people say about them."""
