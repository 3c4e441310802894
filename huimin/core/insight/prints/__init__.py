"""Reports on paper and as workbooks."""
