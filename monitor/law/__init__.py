"""What a law on customer service asks of a case: its clock in working days, the customer's record, the evidence."""
