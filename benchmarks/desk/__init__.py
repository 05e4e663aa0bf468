"""The desk at size: a seeded database, and how long its pages take."""
