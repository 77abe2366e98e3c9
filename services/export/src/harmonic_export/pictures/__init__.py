"""Pictures of a performance: the paths of the bodies beside the score that they make."""
