/bin/echo by its path
:: > by its path
\bin\echo by its Win32 path
:: > by its Win32 path
C:\bin\echo.exe with drive and extension
:: > with drive and extension
echo the text>not-a-program
./not-a-program
:: > ./not-a-program: access is denied (ERROR_ACCESS_DENIED, 5)
no/such/program
:: > 'no/such/program' is not recognized as an internal or external command,
:: > operable program or batch file.
mkdir bin
echo @echo a script, %%1>bin\hello.cmd
cp /bin/echo bin/hello-program
chmod +x bin/hello-program
set PATH=%CD%\bin;%PATH%
hello world
:: > a script, [..]
hello-program found along PATH
:: > found along PATH
hello.cmd again
:: > a script, [..]
hello piped|cat
:: > a script, [..]
cd bin
hello-program
:: > 
./hello-program here
:: > here
cd ..
:: started without a standard input, it has none, and its own files do not become it
sh -c "exec $SELF -c handles <&-"|grep -c " File "
:: > 2
sh -c "exec $SELF <&-"&&echo nothing to run
:: > nothing to run
