"""The forms of targeted help."""
