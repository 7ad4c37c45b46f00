"""What is billed and what is paid: charges, claims and remittances.

So far the tables only; what a claim should have been paid, and who still owes what, rests on them.
"""
