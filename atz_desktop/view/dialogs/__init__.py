"""Every dialog, and the prompts that a coroutine can await."""
