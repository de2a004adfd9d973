"""A made-up workspace with conversations going on, for a newcomer, the tests and the screenshots."""
