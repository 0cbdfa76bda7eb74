set GREETING=hello there
echo %GREETING%!
:: > hello there!
echo %greeting%
:: > hello there
set greeting
:: > GREETING=hello there
sh -c "echo $GREETING"
:: > hello there
set "QUOTED=a & b"
sh -c "echo \"$QUOTED\""
:: > a & b
set GREETING=
echo [%GREETING%]
:: > [[..]]
set GREETING
:: > Environment variable GREETING not defined
set NAME=abcdef
echo %NAME:~1,3% %NAME:~-2% %NAME:cd=--%
:: > bcd ef ab--ef
set ANSWER=old
echo typed|set /p ANSWER=question 
echo %ANSWER%
:: > question old
echo new>input.txt
set /p ANSWER=<input.txt
echo %ANSWER%
:: > new
set /a 1+1
:: > set /a: this prompt does not calculate
echo %ERRORLEVEL%
:: > 1
set ERRORLEVEL=mine
echo %ERRORLEVEL%
:: > mine
set ERRORLEVEL=
set zq1=1&set ZQ2=2
set zq
:: > zq1=1
:: > ZQ2=2
