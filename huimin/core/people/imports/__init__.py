"""People and households from files: the columns they have, how they are compared with the register, how they are stored."""
