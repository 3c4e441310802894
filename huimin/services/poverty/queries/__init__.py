"""Reads for the pages of targeted help."""
