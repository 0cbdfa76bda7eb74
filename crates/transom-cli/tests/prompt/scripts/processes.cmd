start %SLEEPER% 100
lp %SLEEPER%
:: > [..]PID[..]PARENT[..]THREADS[..]PRIORITY[..]NAME
:: > [..]%SLEEPER%
tasklist %SLEEPER%.EXE|grep -c %SLEEPER%
:: > 1
lp --json %SLEEPER%|grep name
:: > [..]"name": "%SLEEPER%",
lp nosuchprocess
:: > nosuchprocess: no process has this name
lp 4294967295
:: > 4294967295: there is no process of this id: a parameter is wrong (ERROR_INVALID_PARAMETER, 87)
lp --jsno
:: > error: unexpected argument '--jsno' found
:: > 
:: >   tip: a similar argument exists: '--json'
:: > 
:: > Usage: lp --json [NAME|PID]...
:: > 
:: > For more information, try '--help'.
kp %SLEEPER%
:: > %SLEEPER% ([..]) ended
:: > 1 process ended
wait
echo %ERRORLEVEL%
:: > 1
kp %SLEEPER%
:: > %SLEEPER%: no process has this name
echo %ERRORLEVEL%
:: > 128
kp 4294967295
:: > 4294967295: there is no process of this id: a parameter is wrong (ERROR_INVALID_PARAMETER, 87)
echo %ERRORLEVEL%
:: > 87
start %SLEEPER% 100
start %SLEEPER% 100
taskkill /F /IM %SLEEPER%.exe
:: > %SLEEPER% ([..]) ended
:: > %SLEEPER% ([..]) ended
:: > 2 processes ended
wait
kp
:: > error: the following required arguments were not provided:
:: >   <NAME|PID|--im <NAME>|--pid <PID>>
:: > 
:: > Usage: kp <NAME|PID|--im <NAME>|--pid <PID>>
:: > 
:: > For more information, try '--help'.
