"""How Mercy Valley earns and spends its money: from the visit to the charge, the bill, the payment and the ledger."""
