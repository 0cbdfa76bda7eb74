mailslots
:: > MAXIMUM  COUNT  BYTES  NEXT  READER  NAME
mailslots --json
:: > []
mailslot send nobody hello
:: > mailslot: \\.\mailslot\nobody: no such file, program or name (ERROR_FILE_NOT_FOUND, 2)
echo %ERRORLEVEL%
:: > 2
mailslot receive empty --timeout 0
:: > mailslot: \\.\mailslot\empty: the time-out has expired (ERROR_SEM_TIMEOUT, 121)
echo %ERRORLEVEL%
:: > 121
mailslot receive "no name" --timeout 1 2>&1 | sort
:: > mailslot: \\.\mailslot\no name: [..]
mailslot send --wait words one two | mailslot receive words
:: > one two
(echo first& echo second) | mailslot send --wait //./mailslot/lines | mailslot receive LINES --count 2
:: > first
:: > second
mailslot receive \\.\pipe\x
:: > mailslot: \\.\pipe\x: the name's syntax is wrong (ERROR_INVALID_NAME, 123)
(mailslot send --wait shown 12345& mailslots) | mailslot receive shown --count 2 --timeout 300 2>&1
:: > 12345
:: > mailslot: \\.\mailslot\shown: the time-out has expired (ERROR_SEM_TIMEOUT, 121)
