"""What it costs and what is earned: the general ledger, the budget, purchases and invoices.

So far the tables only; variances, the close and net revenue rest on them.
"""
