handles|head -2
:: > transom ([..])
:: > HANDLE  ADDRESS[..]INHERIT  TYPE[..]ACCESS[..]USES  ORIGIN[..]STATE  NAME
handles --json|grep -c origin_pid
:: > [..]
handles 4294967295
:: > 4294967295: there is no process of this id: a parameter is wrong (ERROR_INVALID_PARAMETER, 87)
handles --beside
:: > handles: --beside needs two processes
explain -1
:: > -1 is a pseudo handle, GetCurrentProcess(): the process that uses it[..]
:: > [..]
:: > [..]
:: > [..]
explain -2|head -1
:: > -2 is a pseudo handle, GetCurrentThread(): the thread that uses it.
explain -11|head -1
:: > -11 is STD_OUTPUT_HANDLE: no handle, but the number that GetStdHandle takes.[..]
explain 0
:: > 0 is no handle in any process: the value of a handle that was never opened.
explain 8
:: > In transom ([..]), 8 is a handle to the File [..].
:: >   address 0x[..], access 0x[..], inherit N, created, usage count [..]
explain 10|head -2
:: > 10 means 8: handles are multiples of 4, and the two low bits are ignored.
:: > In transom ([..]), 8 is a handle to the File [..].
explain 4000
:: > In transom ([..]), 4000 is a free slot: no handle. Using it is error 6, until some
:: >   new handle gets this number.
explain 1 2 3 2>&1|head -1
:: > error: unexpected argument '3' found
explain x
:: > explain: x is no handle; write a number, such as 16, 0x10 or -1
who 0x123
:: > who: no process has a handle to 0x0000000000000123; the object is gone, or never was (for a handle, see explain)
who me
:: > who: me is no address; `handles` shows them, such as 0x8c07771fe5fa0952
