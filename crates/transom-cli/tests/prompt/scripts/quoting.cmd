echo "a & b"
:: > "a & b"
echo a ^& b
:: > a & b
echo ^^ ^| ^> ^"
:: > ^ | > "
sh -c "for i; do echo [$i]; done" - "a b" c "x""y" \"z \\"last one\\"
:: > [a b]
:: > [c]
:: > [x"y]
:: > ["z]
:: > [\last one\]
echo one^
 two
:: > one two
"echo" a program, in quotes
:: > a program, in quotes
