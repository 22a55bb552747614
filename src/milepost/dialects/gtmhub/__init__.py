"""The API of Gtmhub, later Quantive. README.md beside this file says what is served and how."""
