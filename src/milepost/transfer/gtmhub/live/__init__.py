"""A live account: everything that its API shows becomes a folder such as `saved` reads, and is imported from there."""
