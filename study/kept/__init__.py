"""What lasts: the database of a study, its tables, what the study is, and the results table made of them."""
