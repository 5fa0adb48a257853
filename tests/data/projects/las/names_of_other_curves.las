~Version
VERS. 2.0 : CWLS LOG ASCII STANDARD
WRAP. NO : 
~Well
STRT.M 1000.0 : start
STOP.M 1000.5 : stop
STEP.M 0.5 : step
NULL. -999.25 : null
WELL. A-1 : WELL
~Curve
DEPT.M : 
DCAV.IN : caliper of the density tool
ITT.US/FT : integrated travel time
SWT.V/V : total water saturation
~A
1000.0 8.6 80 0.4
1000.5 8.7 81 0.5
