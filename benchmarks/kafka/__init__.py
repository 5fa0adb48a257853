"""The flow and its peers through Apache Kafka: samples a second, and how long an alert takes."""
