"""The web application: it knows exhibits only through their contract."""
