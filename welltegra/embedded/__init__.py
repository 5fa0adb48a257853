"""What comes in wheels for the demo and the tests: PostgreSQL, and a broker that speaks Kafka."""
