"""Paper from the record: templates in typst, filled with data, never with markup."""
