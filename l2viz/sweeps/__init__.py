"""Anyone's own model trained at many strengths: all together where they can be stacked."""
