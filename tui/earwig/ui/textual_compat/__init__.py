"""What earwig uses of Textual's private parts: one module each, with the reason and the version.

Each says why nothing public does it, which Textual it was written for, and what happens without it.
"""
