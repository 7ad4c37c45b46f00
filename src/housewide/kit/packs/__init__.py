"""What leaves the house on paper or as a workbook: PDF, Excel with live formulas; same input, same bytes."""
