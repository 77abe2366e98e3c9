"""A quantum particle on a grid."""
