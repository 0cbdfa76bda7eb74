echo hello
:: > hello
echo   two  blanks stay
:: >   two  blanks stay
echo.
:: > 
echo.text
:: > text
echo
:: > ECHO is off.
ECHO any case
:: > any case
echo /?|head -1
:: > Prints text; [..]
@echo on&echo&echo off
:: > ECHO is on.
cls|od -An -c
:: >   \f
