"""What recorded samples are like, tag by tag: what an engineer wants to know before writing a rule."""
