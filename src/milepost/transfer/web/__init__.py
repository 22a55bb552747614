"""The pages by which an account is brought in and taken along: `milepost import` and `export` for a browser."""
