"""Datasets. Each returns a `Dataset(x, y, names)`; randomness is passed in."""
