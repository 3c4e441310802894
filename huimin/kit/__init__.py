"""Values and nothing else: no Django, no storage."""
