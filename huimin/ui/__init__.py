"""The look of Huimin: shells, components, template tags, static files, print styles."""
