"""What a person asks for: the study file and what it means, down to single networks."""
