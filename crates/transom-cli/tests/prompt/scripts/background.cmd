jobs
start %SLEEPER% 100
jobs
:: > JOB[..]PID[..]STATE[..]COMMAND
:: >   1[..]running[..]%SLEEPER% 100
jobs|cat
:: > JOB[..]PID[..]STATE[..]COMMAND
:: >   1[..]running[..]%SLEEPER% 100
start "a title" /low sh -c "exit 4"
wait 2
echo %ERRORLEVEL%
:: > 4
wait 2
:: > 2: no such job
kp --code 9 %SLEEPER%>nul
wait 1
echo %ERRORLEVEL%
:: > 9
jobs
start /wait sh -c "exit 6"
echo %ERRORLEVEL%
:: > 6
start /d /usr pwd
wait
:: > /usr
start cat
wait
start echo a built-in command
wait
:: > a built-in command
start sh -c "exit 1"
start sh -c "exit 2"
wait
echo %ERRORLEVEL%
:: > 2
start nosuchcommand
:: > 'nosuchcommand' is not recognized as an internal or external command,
:: > operable program or batch file.
start /nosuch sleep
:: > start: /nosuch is not an option; start /? shows them
start
:: > start: which command?
wait x
:: > error: invalid value 'x' for '[JOB|PID]...': invalid digit found in string
:: > 
:: > For more information, try '--help'.
