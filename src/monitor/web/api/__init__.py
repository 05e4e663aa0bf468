"""The desk's interface for programs, under /api/v1: the one door of django-ninja."""
