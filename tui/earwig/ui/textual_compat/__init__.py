"""What earwig uses of Textual's private parts: one module each, and no other module of the screens any.

Each says why nothing public does it, which Textual it was written for, and what happens without it. Its `USE`
(`private_use`) says what it earns, knows whether the names are there, and can be switched off.
"""
