echo %ERRORLEVEL%
:: > 0
sh -c "exit 3"
echo %ERRORLEVEL%
:: > 3
:: what succeeds without a code of its own leaves it
echo x
:: > x
echo %ERRORLEVEL%
:: > 3
true
echo %errorlevel%
:: > 0
"%SELF%" -c "exit 300"
echo %ERRORLEVEL%
:: > 300
"%SELF%" -c "exit -2"
echo %ERRORLEVEL%
:: > -2
sh -c "kill -INT $$"
echo %ERRORLEVEL%
:: > -1073741510
sh -c "kill -SEGV $$"
echo %ERRORLEVEL%
:: > -1073741819
nosuchcommand
:: > 'nosuchcommand' is not recognized as an internal or external command,
:: > operable program or batch file.
echo %ERRORLEVEL%
:: > 9009
)
:: > ) was unexpected at this time.
echo %ERRORLEVEL%
:: > 1
echo a |
:: > The syntax of the command is incorrect.
if a==a echo b
:: > 'if' is not supported by this prompt.
