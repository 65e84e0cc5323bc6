"""The linter: what a cron daemon really does with a crontab, and what will fail at 02:00."""
