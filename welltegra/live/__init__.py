"""The constraints flow as a service: one process of it, and the supervisor that keeps its processes running.

service.py     options to jobs
job.py         what a process is to do
child.py       a process under a supervisor
prepared.py    its rules, built before they are needed
watcher.py     who is told what happens: metrics.py, health.py, served by serving.py
lock.py        one process of a number at a time
recovery.py    the folder with the state between two runs
process.py     one process: waits for its lock, then runs the flow
supervisor.py  starts processes and spares, and starts them again
"""
