"""One module a migration; never changed once it was released."""
