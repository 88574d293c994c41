"""Layers, losses, optimizers, initializers, the network, its trainer and the gradient checker."""
