"""Grounds to walk down: functions of a few variables, and the loss surfaces of networks."""
