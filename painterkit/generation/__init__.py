"""Drawing with a trained painter."""
