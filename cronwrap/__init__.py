"""Run cron jobs, watch them, and tell a monitor how they went."""

__version__ = "0.1.0"
