"""Django's PostgreSQL backend, with an embedded server where no DATABASE_URL is given."""
