"""The modes of membranes, and membranes on a grid."""
