"""The pages of targeted help at the three doors."""
