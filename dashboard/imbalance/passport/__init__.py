"""The section Class passport: everything that is known of one class."""
