"""Where the outside comes in: HTTP calls, queue batches and schedules."""
