:: script only
:: a script that calls itself for ever is stopped, and what called it ends
echo @call deep>deep.cmd
call deep
:: > deep.cmd: scripts call each other too deep
echo never
