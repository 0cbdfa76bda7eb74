/* What every probe prints: one line, `name: result error`.
 *
 * The error is `-` where the call succeeded, since Windows promises nothing about it then; the
 * macros that end in _ALWAYS print it in every case, for the calls that promise it. Nothing that
 * differs from run to run is printed: no handle, id, address, time or path of this machine. */
#ifndef PROBE_H
#define PROBE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

/* An object that no handle of a test ever is. */
#define NO_SUCH_HANDLE ((HANDLE)(ULONG_PTR)0x7FFC)
#define UNUSED_PARAMETER(x) ((void)(x))

static void say_bool(const char *name, int succeeded)
{
    DWORD error = GetLastError();
    if (succeeded)
        printf("%s: TRUE -\n", name);
    else
        printf("%s: FALSE %u\n", name, (unsigned)error);
    fflush(stdout);
}

static void say_bool_always(const char *name, int succeeded)
{
    DWORD error = GetLastError();
    printf("%s: %s %u\n", name, succeeded ? "TRUE" : "FALSE", (unsigned)error);
    fflush(stdout);
}

static HANDLE say_handle(const char *name, HANDLE handle, int always)
{
    DWORD error = GetLastError();
    if (handle == NULL)
        printf("%s: NULL %u\n", name, (unsigned)error);
    else if (handle == INVALID_HANDLE_VALUE)
        printf("%s: INVALID %u\n", name, (unsigned)error);
    else if (always)
        printf("%s: handle %u\n", name, (unsigned)error);
    else
        printf("%s: handle -\n", name);
    fflush(stdout);
    return handle;
}

static void say_number(const char *name, long long number)
{
    DWORD error = GetLastError();
    printf("%s: %I64d %u\n", name, number, (unsigned)error);
    fflush(stdout);
}

static void say_value(const char *name, long long number)
{
    printf("%s: %I64d -\n", name, number);
    fflush(stdout);
}

static void say_wait(const char *name, DWORD result)
{
    DWORD error = GetLastError();
    if (result == WAIT_FAILED)
        printf("%s: WAIT_FAILED %u\n", name, (unsigned)error);
    else if (result == WAIT_TIMEOUT)
        printf("%s: WAIT_TIMEOUT -\n", name);
    else if (result == WAIT_IO_COMPLETION)
        printf("%s: WAIT_IO_COMPLETION -\n", name);
    else if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + 64)
        printf("%s: WAIT_ABANDONED_%u -\n", name, (unsigned)(result - WAIT_ABANDONED_0));
    else
        printf("%s: WAIT_OBJECT_%u -\n", name, (unsigned)result);
    fflush(stdout);
}

static void say_text(const char *name, const char *text)
{
    printf("%s: \"%s\" -\n", name, text ? text : "(null)");
    fflush(stdout);
}

/* Wide text as it is, with what is not ASCII as its number. */
static void say_wide(const char *name, const WCHAR *text)
{
    printf("%s: \"", name);
    for (; text && *text; text++) {
        if (*text >= 32 && *text < 127)
            printf("%c", (char)*text);
        else
            printf("\\x%04x", (unsigned)*text);
    }
    printf("\" -\n");
    fflush(stdout);
}

/* The call's success, and the error it leaves if it fails. */
#define SAY(name, call) (SetLastError(0), say_bool(name, (call) != 0))
#define SAY_ALWAYS(name, call) (SetLastError(0), say_bool_always(name, (call) != 0))
/* A handle or pointer; the macro's value is the call's. */
#define SAY_HANDLE(name, call) (SetLastError(0), say_handle(name, (HANDLE)(call), 0))
#define SAY_HANDLE_ALWAYS(name, call) (SetLastError(0), say_handle(name, (HANDLE)(call), 1))
/* A number, and what the last error is then (0: untouched). */
#define SAY_NUMBER(name, call) (SetLastError(0), say_number(name, (long long)(call)))
/* A number that no error belongs to. */
#define SAY_VALUE(name, value) (say_value(name, (long long)(value)))
#define SAY_WAIT(name, call) (SetLastError(0), say_wait(name, (call)))

/* The closing of a handle that is expected to be one. */
#define CLOSE(handle)                                                          \
    do {                                                                       \
        if (!CloseHandle(handle))                                              \
            printf("line %d: CloseHandle %u\n", __LINE__, (unsigned)GetLastError()); \
    } while (0)

/* What a thread that runs a routine ends with. */
static DWORD in_a_thread(LPTHREAD_START_ROUTINE routine, void *parameter)
{
    DWORD code = 0;
    HANDLE thread = CreateThread(NULL, 0, routine, parameter, 0, NULL);
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &code);
    CLOSE(thread);
    return code;
}

#endif
