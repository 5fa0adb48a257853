"""A simulated well: physics for one step of time, a driller's timetable, sensors and the dirt on their wires."""
