"""One rigid body about a fixed point: free, or a top under gravity."""
