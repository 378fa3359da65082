"""Where the embedded store lies in the data folder."""

FOLDER = "store"
FILE = "kantadesk.db"
