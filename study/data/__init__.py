"""What networks learn from: tables, and their parts for each seed."""
