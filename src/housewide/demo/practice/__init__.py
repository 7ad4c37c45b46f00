"""Lakeside Orthopedics as a business: from the visit to the charge, the bill, the payment and the practice's ledger."""
