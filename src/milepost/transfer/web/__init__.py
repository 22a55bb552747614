"""The pages for importing and exporting an account: `milepost import` and `export` in the browser."""
