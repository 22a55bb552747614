"""The way in and out: readers and writers of other programs' files, over the store and its rules."""
