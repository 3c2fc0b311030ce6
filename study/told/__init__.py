"""What a person is told of a study: how far it is, how fast, how long still."""
