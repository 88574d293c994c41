"""The NumPy engine: networks, data, history and exhibits. It opens no socket and knows no web."""
