"""ATZ Desktop: corrects activities of ATZ CRM, one or many, and proves that it did."""

__version__ = "0.1.0"
