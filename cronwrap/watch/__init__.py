"""What the commands that look after checks know: how each is, when it is due, what runs now."""
