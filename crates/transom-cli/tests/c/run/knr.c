/* A program of the old style. */
#include "windows.h"
#include "stdio.h"

add(a, b)
int a, b;
{
    return a + b;
}

main()
{
    static char name[] = "old";
    printf("%s %d\n", name, add(1, 2));
    return add(1, 2) != 3;
}
