/* rand as MSVC has it, clock in thousandths, the _s forms of time.h, the environment of the runtime; limits, functions of math.h
   without an option, directories by their names without an underscore. */
#include <windows.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <direct.h>
#include <limits.h>
#include <math.h>
#include "check.h"
int main(void)
{
    struct tm tm;
    time_t zero = 0;
    char text[32], value[32], *copy;
    size_t length;
    srand(1);
    CHECK(rand() == 41 && rand() == 18467 && rand() == 6334 && RAND_MAX == 32767);
    CHECK(CLOCKS_PER_SEC == 1000);
    CHECK(gmtime_s(&tm, &zero) == 0 && tm.tm_year == 70 && localtime_s(NULL, &zero) == EINVAL);
    CHECK(asctime_s(text, sizeof text, &tm) == 0 && !strcmp(text, "Thu Jan  1 00:00:00 1970\n"));
    CHECK(_putenv("TRANSOM_TEST_X=one") == 0 && !strcmp(getenv("transom_test_x"), "one"));
    CHECK(GetEnvironmentVariableA("TRANSOM_TEST_X", value, sizeof value) == 3 && !strcmp(value, "one"));
    CHECK(getenv_s(&length, value, 2, "TRANSOM_TEST_X") == ERANGE && length == 4);
    CHECK(_dupenv_s(&copy, &length, "TRANSOM_TEST_X") == 0 && !strcmp(copy, "one") && length == 4);
    free(copy);
    CHECK(strtol("4294967295", NULL, 10) == 0x7fffffff && strtoul("4294967295", NULL, 10) == 0xffffffffu);
    CHECK(sizeof(long) == 4 && sizeof(long long) == 8);
    CHECK(LONG_MAX == 0x7fffffff && LONG_MIN == -LONG_MAX - 1 && strtoul("4294967295", NULL, 10) == ULONG_MAX);
    CHECK(_I64_MAX == LLONG_MAX && _UI64_MAX == ULLONG_MAX && sizeof(LONG_MAX) == 4);
    CHECK(sinh(length * 0.0) == 0 && pow(length, 2) == 16);
    CHECK(mkdir("made here") == 0 && chdir("made here") == 0 && chdir("..") == 0 && rmdir("made here") == 0);
    return failures;
}
