"""What users do with a checkpoint, one module per task."""
