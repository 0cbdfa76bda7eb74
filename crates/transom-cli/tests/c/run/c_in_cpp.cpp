/* C in a file of C++: conversions that only C makes. */
#include <windows.h>
#include <stdlib.h>
typedef struct node { int value; struct node *next; } node;
int main(void)
{
    int class = 3;
    node *list = malloc(sizeof(node));
    list->value = class;
    free(list);
    return class - 3;
}
