"""Clinics: how soon a patient gets an appointment, whether it is kept, and how long they wait in the chair.

The numbers come from one export of the practice's scheduling system, its appointments with their times.
"""
