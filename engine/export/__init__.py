"""A run as files: code that reproduces it, its weights, its course."""
