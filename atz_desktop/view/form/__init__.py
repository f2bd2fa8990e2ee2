"""The page of a loaded activity: header, fields, save bar."""
