"""Import and export: readers and writers of other programs' files, on top of the store and its rules."""
