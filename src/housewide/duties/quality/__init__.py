"""Quality as CMS publishes it: the scores of every hospital of the country, and what the payment programs made of them.

So far the duty holds the facts only; ratings, program points and readmission ratios are computed from them.
"""
