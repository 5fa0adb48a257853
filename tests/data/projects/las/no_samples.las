~Version
VERS. 2.0 : CWLS LOG ASCII STANDARD
WRAP. NO : 
~Well
STRT.M 1000.0 : start
STOP.M 1001.5 : stop
STEP.M 0.5 : step
NULL. -999.25 : null
WELL. A-1 : WELL
~Curve
DEPT.M : 
GR.GAPI : 
RHOB.G/C3 : 
~A
