"""Pictures that people send: checked and made anew in a process apart, kept as files."""
