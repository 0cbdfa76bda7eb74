:: one after the other
echo a&echo b
:: > a
:: > b
:: only after success
true&&echo yes
:: > yes
false&&echo never
true&&true&&echo both
:: > both
:: only after failure
false||echo no
:: > no
true||echo never
false||false||echo neither
:: > neither
:: && binds tighter than ||, and that tighter than &
false&&echo never||echo second
:: > second
true||echo never&echo always
:: > always
:: parentheses
(echo in)&echo out
:: > in
:: > out
(false&echo last)&&echo good
:: > last
:: > good
( echo one
echo two )
:: > one
:: > two 
false||(echo a&false)||echo b
:: > a
:: > b
:: comments
rem nothing happens
:: nothing happens either
@echo quiet
:: > quiet
