"""Ledgers: how one number came about, term by term."""
