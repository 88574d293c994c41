"""Functions that are copied, as they stand here, into the scripts that people take away.

They are written to be read: the usual order (batch, channels, rows, columns), no buffers, no types,
nothing shared with the engine's kernels but the formulas. `np` is all they use; a name from this
package that one of them calls is copied with it.
"""
