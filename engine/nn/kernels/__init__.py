"""The fast kernels of convolution and pooling, and why they are laid out as they are.

Everything here works with the batch innermost: (rows, channels, columns, batch). The innermost
loops of NumPy and of the BLAS then run over whole batches, and neighbouring columns lie beside
each other. `engine/nn/reference.py` says the same in textbook form; the tests compare the two.
"""
