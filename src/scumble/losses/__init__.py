"""Loss terms used by more than one system."""
