printf "b\na\nc\n"|sort
:: > a
:: > b
:: > c
(echo b&echo a)|sort|cat -n
:: > [..]1[..]a
:: > [..]2[..]b
seq 1 100000>big.txt
type big.txt|sort -n>out.txt
cmp big.txt out.txt&&echo the same
:: > the same
:: any number of stages
echo far|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat|cat
:: > far
:: the code is the last one's
false|true&&echo good
:: > good
true|false||echo bad
:: > bad
true|sh -c "exit 7"
echo %ERRORLEVEL%
:: > 7
:: a reader that has seen enough ends the writer
yes|head -2
:: > y
:: > y
type big.txt|head -1
:: > 1
:: every stage can be a built-in command; what it changes stays in it
echo x|set CHANGED=yes
set CHANGED
:: > Environment variable CHANGED not defined
cd|cat
:: > C:\[..]work
echo a|exit 5
echo %ERRORLEVEL%
:: > 5
:: a stage that is no command
echo lost|nosuchcommand
:: > 'nosuchcommand' is not recognized as an internal or external command,
:: > operable program or batch file.
echo %ERRORLEVEL%
:: > 9009
nosuchcommand 2>nul|echo goes on
:: > goes on
:: errors join
sh -c "echo error >&2" 2>&1|cat
:: > error
:: the pipes are in the stages' tables while they run (and for a moment in the prompt's)
%SLEEPER% 0.5|handles %SLEEPER%|grep -c pipe:
:: > 1
handles|grep "inherited.*pipe:"
:: > [..]inherited from[..]pipe:[..]
