"""Deliver events: over HTTP, tried again, to many endpoints at once."""
