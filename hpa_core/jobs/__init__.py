"""Long work in processes of its own: one seam, and the backends behind it."""
