"""A made-up ATZ account on loopback, written from the API's documents alone."""
