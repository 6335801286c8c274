"""How good labels are: agreement between people, and the share of wrong labels."""
