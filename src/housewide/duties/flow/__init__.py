"""Beds and the people in them: how many lie where at midnight, who leaves, and how much care there is for each.

The numbers come from one export of the bed-management system, the midnight census with the hours of direct care.
"""
