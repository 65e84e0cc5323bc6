"""Running a job: what stands before it, beside it and after it."""
