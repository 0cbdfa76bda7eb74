cd /usr/bin
cd
:: > C:\usr\bin
echo %CD%
:: > C:\usr\bin
cd ..
cd
:: > C:\usr
cd..
cd
:: > C:\
cd C:\usr
cd
:: > C:\usr
chdir /d "/usr/bin"
cd
:: > C:\usr\bin
pwd
:: > /usr/bin
cd nosuch
:: > nosuch: no such file, program or name (ERROR_FILE_NOT_FOUND, 2)
cd /etc/passwd
:: > /etc/passwd: the directory name is not valid (ERROR_DIRECTORY, 267)
cd
:: > C:\usr\bin
cd /
cd
:: > C:\
