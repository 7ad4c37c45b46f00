"""How Mercy Valley earns its money and spends it: from the visit to the charge, the bill, the payment and the ledger."""
