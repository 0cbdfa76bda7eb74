// A wide main in C++.
#include <windows.h>
#include <stdio.h>
int wmain(int argc, wchar_t *argv[], wchar_t *envp[])
{
    return argc != 2 || wcscmp(argv[1], L"인자") != 0 || envp[0] == NULL;
}
