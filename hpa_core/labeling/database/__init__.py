"""The label database: where it is, its tables, connections and transactions; knows no samples."""
