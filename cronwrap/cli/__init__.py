"""The command line: thin click commands, and all that a person looks at."""
