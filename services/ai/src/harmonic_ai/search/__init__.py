"""The search for a change that serves a goal, over measurements of the real engine."""
