help|head -2
:: > Built-in commands (help COMMAND tells more):
:: >   lp, tasklist[..]
help kp|head -1
:: > Ends processes: from names to ids, to handles, to TerminateProcess
kp /?|head -1
:: > Ends processes: from names to ids, to handles, to TerminateProcess
help tour|head -1
:: > Shows handles, inheritance[..]
help handels
:: > help: there is no command handels; did you mean `handles`?
cd /?|head -1
:: > Shows the current directory, or changes it
set /?|head -1
:: > Shows the environment variables, sets one, or deletes one
exit /?|head -1
:: > Ends the prompt, or with /b only the script
type /?|head -1
:: > Prints files; [..]
start /?|head -1
:: > Starts a command in the background; see jobs and wait
