"""Huimin 惠民: the public-service platform of a province."""

__version__ = "0.1.0"
