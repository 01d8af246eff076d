"""What apps read: one module for each entity."""
