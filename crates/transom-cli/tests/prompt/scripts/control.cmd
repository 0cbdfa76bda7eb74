:: script only
echo %0
:: > [..]control.cmd
echo %1 and %2 and %3 and %*
:: > one and "two words" and 3 and one "two words" 3
goto skip
echo never
:skip
echo after the label
:: > after the label
call :part a "b c"
echo back with %ERRORLEVEL%
:: > in the part with a and "b c"
:: > back with 7
goto nowhere
:: > nowhere: the script has no such label
call :nowhere
:: > :nowhere: the script has no such label
echo @exit /b 5 >other.cmd
call other
echo %ERRORLEVEL%
:: > 5
other
echo a script without call comes back too: %ERRORLEVEL%
:: > a script without call comes back too: 5
goto :eof
echo never
:part
echo in the part with %1 and %2
exit /b 7
