/* The checks of these programs: a failure is told with its line, and the exit code is not 0. */
#include <errno.h>
#include <stdio.h>
static int failures;
#define CHECK(condition)                                             \
    do {                                                             \
        if (!(condition)) {                                          \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                              \
        }                                                            \
    } while (0)
