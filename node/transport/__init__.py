"""The only way out: guarded fetching, signed posting, and the slow road of JSON-LD."""
