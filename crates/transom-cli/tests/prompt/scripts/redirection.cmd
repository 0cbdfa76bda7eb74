echo one>out.txt
type out.txt
:: > one
echo two>>out.txt
cat<out.txt
:: > one
:: > two
>out.txt echo before
type out.txt
:: > before
sh -c "echo error >&2" 2>err.txt
type err.txt
:: > error
sh -c "echo error >&2; echo output" >both.txt 2>&1
type both.txt
:: > error
:: > output
sh -c "echo error >&2; echo output" 2>&1 >only.txt
:: > error
type only.txt
:: > output
nosuchcommand 2>nul
echo %ERRORLEVEL%
:: > 9009
(echo a&echo b)>group.txt
type group.txt
:: > a
:: > b
echo x 3>three.txt 1>&3
type three.txt
:: > x  
echo x>&7
:: > handle 7: the handle is invalid (ERROR_INVALID_HANDLE, 6)
echo x>no/such/directory
:: > no/such/directory: a directory of the path does not exist (ERROR_PATH_NOT_FOUND, 3)
cat<no-such-file
:: > no-such-file: no such file, program or name (ERROR_FILE_NOT_FOUND, 2)
echo x>/proc/version
:: > /proc/version: access is denied (ERROR_ACCESS_DENIED, 5)
echo into nothing>nul
type nul
echo with blanks>"a file"
type "a file"
:: > with blanks
lp 1 2>&1 1>nul
