"""What can be measured in a sound: pure functions on arrays of float samples. Levels are linear, full scale is 1."""
