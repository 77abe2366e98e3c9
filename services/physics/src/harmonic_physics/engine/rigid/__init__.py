"""Rigid bodies with contacts and joints: in the plane by Chipmunk, in space by MuJoCo."""
