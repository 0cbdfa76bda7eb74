echo first>a.txt
echo second>b.txt
type a.txt
:: > first
type a.txt b.txt 2>nul
:: > first
:: > second
type a.txt b.txt 2>&1 >nul
:: > 
:: > a.txt
:: > 
:: > 
:: > 
:: > b.txt
:: > 
:: > 
type nosuch.txt
:: > nosuch.txt: no such file, program or name (ERROR_FILE_NOT_FOUND, 2)
echo %ERRORLEVEL%
:: > 2
type
:: > type: which file?
type .
:: > .: access is denied (ERROR_ACCESS_DENIED, 5)
type .\a.txt
:: > first
