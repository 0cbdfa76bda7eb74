pipes
:: > OF  TYPE  STATE  UNREAD  SERVER  CLIENT  NAME
pipes --json
:: > []
pipe connect nobody
:: > pipe: \\.\pipe\nobody: no such file, program or name (ERROR_FILE_NOT_FOUND, 2)
echo %ERRORLEVEL%
:: > 2
pipe serve \\.\mailslot\x < nul
:: > pipe: \\.\mailslot\x: the name's syntax is wrong (ERROR_INVALID_NAME, 123)
echo through a pipe| pipe connect bytes --wait --send | pipe serve bytes --once < nul
:: > through a pipe
(echo first& echo second) | pipe connect lines --wait --messages --send | pipe serve lines --messages --count 2 < nul
:: > first
:: > second
echo from the server| pipe serve answers --send | pipe connect answers --wait < nul
:: > from the server
pipe connect --help | head -1
:: > Joins a named pipe to the standard input and output
