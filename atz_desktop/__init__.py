"""ATZ Desktop: corrects one activity of ATZ CRM at a time, and proves that it did."""

__version__ = "0.1.0"
