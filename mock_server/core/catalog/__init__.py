"""Prices as the catalogue shows them: amounts, the rules of each model, and estimates."""
