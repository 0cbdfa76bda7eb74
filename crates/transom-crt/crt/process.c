/* process.h: threads with the runtime's own start functions, and starting programs. */
#include "crt.h"
#include "win32.h"
#include <unistd.h>

int transom_errno(uint32_t error)
{
    switch (error) {
    case 2: case 3: case 15: case 18: case 53: case 67: case 126:
        return ENOENT;
    case 4:
        return EMFILE;
    case 5: case 19: case 32: case 33:
        return EACCES;
    case 6:
        return EBADF;
    case 8: case 14: case 1450:
        return ENOMEM;
    case 80: case 183:
        return EEXIST;
    case 109: case 232:
        return EPIPE;
    case 112:
        return ENOSPC;
    case 145:
        return ENOTEMPTY;
    case 193:
        return ENOEXEC;
    case 164:
        return EAGAIN;
    default:
        return EINVAL;
    }
}

struct beginning {
    unsigned (*start_ex)(void *);
    void (*start)(void *);
    void *argument;
    void *handle;
};
static __thread void *own_handle;

static uint32_t begin(void *given)
{
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    if (beginning.start_ex)
        return beginning.start_ex(beginning.argument);
    own_handle = beginning.handle;
    beginning.start(beginning.argument);
    CloseHandle(own_handle);
    return 0;
}

uintptr_t CRT(_beginthreadex)(void *security, unsigned stack, unsigned (*start)(void *), void *argument,
    unsigned flags, unsigned *id)
{
    if (!start)
        return transom_invalid(EINVAL), 0;
    struct beginning *beginning = malloc(sizeof *beginning);
    if (!beginning) {
        errno = ENOMEM;
        return 0;
    }
    *beginning = (struct beginning){.start_ex = start, .argument = argument};
    uint32_t number = 0;
    void *thread = CreateThread(security, stack, begin, beginning, flags, &number);
    if (!thread) {
        free(beginning);
        errno = transom_errno(GetLastError());
        return 0;
    }
    if (id)
        *id = number;
    return (uintptr_t)thread;
}

uintptr_t CRT(_beginthread)(void (*start)(void *), unsigned stack, void *argument)
{
    if (!start)
        return transom_invalid(EINVAL), (uintptr_t)-1;
    struct beginning *beginning = malloc(sizeof *beginning);
    if (!beginning) {
        errno = ENOMEM;
        return (uintptr_t)-1;
    }
    *beginning = (struct beginning){.start = start, .argument = argument};
    uint32_t number = 0;
    /* It must know its handle, which it closes itself. */
    void *thread = CreateThread(NULL, stack, begin, beginning, SUSPENDED, &number);
    if (!thread) {
        free(beginning);
        errno = transom_errno(GetLastError());
        return (uintptr_t)-1;
    }
    beginning->handle = thread;
    ResumeThread(thread);
    return (uintptr_t)thread;
}

void CRT(_endthreadex)(unsigned code) { ExitThread(code); }
void CRT(_endthread)(void)
{
    if (own_handle)
        CloseHandle(own_handle);
    ExitThread(0);
}

/* Starting programs. */
enum { WAIT, NOWAIT, OVERLAY, NOWAITO, DETACH };

/* The arguments with blanks between, as MSVC joins them: quoting is the caller's. */
static wchar_t *joined(const wchar_t *const *arguments)
{
    size_t length = 1;
    for (size_t i = 0; arguments[i]; i++)
        length += CRT(wcslen)(arguments[i]) + 1;
    wchar_t *line = malloc(length * sizeof *line), *at = line;
    for (size_t i = 0; line && arguments[i]; i++) {
        size_t part = CRT(wcslen)(arguments[i]);
        if (i)
            *at++ = ' ';
        memcpy(at, arguments[i], part * sizeof *at);
        at += part;
    }
    if (line)
        *at = 0;
    return line;
}

static wchar_t *block_of(const wchar_t *const *environment)
{
    size_t length = 2;
    for (size_t i = 0; environment[i]; i++)
        length += CRT(wcslen)(environment[i]) + 1;
    wchar_t *block = calloc(length, sizeof *block), *at = block;
    for (size_t i = 0; block && environment[i]; i++) {
        size_t part = CRT(wcslen)(environment[i]) + 1;
        memcpy(at, environment[i], part * sizeof *at);
        at += part;
    }
    return block;
}

/* A program whose name has no directory is looked for in the current one, and along PATH if asked. */
static wchar_t *program_path(const wchar_t *name, int search)
{
    char *path = transom_linux_path_w(name), *found = NULL;
    if (path && !strchr(path, '/')) {
        const char *directories = search ? getenv("PATH") : NULL;
        if (access(path, X_OK) == 0 && asprintf(&found, "./%s", path) < 0)
            found = NULL;
        while (!found && directories && *directories) {
            size_t length = strcspn(directories, ":");
            if (length && asprintf(&found, "%.*s/%s", (int)length, directories, path) < 0)
                found = NULL;
            if (found && access(found, X_OK) != 0) {
                free(found);
                found = NULL;
            }
            directories += length + (directories[length] == ':');
        }
    }
    wchar_t *result = transom_to_utf16(found ? found : path);
    free(path);
    free(found);
    return result;
}

static intptr_t spawn(int mode, const wchar_t *name, const wchar_t *const *arguments,
    const wchar_t *const *environment, int search)
{
    if (!name || !arguments || !arguments[0] || mode < WAIT || mode > DETACH)
        return transom_invalid(EINVAL), -1;
    fflush(NULL);
    wchar_t *path = program_path(name, search), *line = joined(arguments);
    wchar_t *block = environment ? block_of(environment) : NULL;
    struct startup startup = {.cb = sizeof startup, .flags = USE_STD_HANDLES};
    struct process process = {0};
    intptr_t result = -1;
    if (!path || !line || (environment && !block)) {
        errno = ENOMEM;
        goto done;
    }
    /* The descriptors as they are now: _dup2 may have changed them. */
    void *standard[3];
    for (int i = 0; i < 3; i++) {
        standard[i] = transom_handle_of_descriptor(i);
        if (standard[i] != INVALID_HANDLE)
            SetHandleInformation(standard[i], 1, 1);
    }
    startup.input = standard[0];
    startup.output = standard[1];
    startup.error = standard[2];
    int started = CreateProcessW(path, line, NULL, NULL, 1,
        UNICODE_ENVIRONMENT | (mode == DETACH ? DETACHED : 0), block, NULL, &startup, &process);
    uint32_t error = started ? 0 : GetLastError();
    for (int i = 0; i < 3; i++)
        if (standard[i] != INVALID_HANDLE)
            CloseHandle(standard[i]);
    if (!started) {
        errno = transom_errno(error);
        goto done;
    }
    CloseHandle(process.thread);
    if (mode == WAIT || mode == OVERLAY) {
        uint32_t code = 0;
        WaitForSingleObject(process.process, FOREVER);
        GetExitCodeProcess(process.process, &code);
        CloseHandle(process.process);
        if (mode == OVERLAY)
            exit((int)code);
        result = (intptr_t)(int)code;
    } else if (mode == DETACH) {
        CloseHandle(process.process);
        result = 0;
    } else {
        result = (intptr_t)process.process;
    }
done:
    free(path);
    free(line);
    free(block);
    return result;
}

static void free_list(wchar_t **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

static wchar_t **wide_list(const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    wchar_t **wide_texts = calloc(count + 1, sizeof *wide_texts);
    for (size_t i = 0; wide_texts && list && i < count; i++)
        wide_texts[i] = transom_to_utf16(list[i]);
    return wide_texts;
}

static intptr_t spawn_narrow(int mode, const char *name, const char *const *arguments,
    const char *const *environment, int search)
{
    if (!name || !arguments)
        return transom_invalid(EINVAL), -1;
    wchar_t *wide_name = transom_to_utf16(name), **wide_arguments = wide_list(arguments);
    wchar_t **wide_environment = environment ? wide_list(environment) : NULL;
    intptr_t result = spawn(mode, wide_name, (const wchar_t *const *)wide_arguments,
        (const wchar_t *const *)wide_environment, search);
    int kept = errno;
    free(wide_name);
    free_list(wide_arguments);
    free_list(wide_environment);
    errno = kept;
    return result;
}

#define VECTORS(CH, spawn, w)                                                                                    \
    intptr_t CRT(_##w##spawnv)(int mode, const CH *name, const CH *const *arguments)                             \
    {                                                                                                            \
        return spawn(mode, name, arguments, NULL, 0);                                                            \
    }                                                                                                            \
    intptr_t CRT(_##w##spawnvp)(int mode, const CH *name, const CH *const *arguments)                            \
    {                                                                                                            \
        return spawn(mode, name, arguments, NULL, 1);                                                            \
    }                                                                                                            \
    intptr_t CRT(_##w##spawnve)(int mode, const CH *name, const CH *const *arguments, const CH *const *environment) \
    {                                                                                                            \
        return spawn(mode, name, arguments, environment, 0);                                                     \
    }                                                                                                            \
    intptr_t CRT(_##w##spawnvpe)(int mode, const CH *name, const CH *const *arguments, const CH *const *environment) \
    {                                                                                                            \
        return spawn(mode, name, arguments, environment, 1);                                                     \
    }                                                                                                            \
    intptr_t CRT(_##w##execv)(const CH *name, const CH *const *arguments)                                        \
    {                                                                                                            \
        return spawn(OVERLAY, name, arguments, NULL, 0);                                                         \
    }                                                                                                            \
    intptr_t CRT(_##w##execvp)(const CH *name, const CH *const *arguments)                                       \
    {                                                                                                            \
        return spawn(OVERLAY, name, arguments, NULL, 1);                                                         \
    }                                                                                                            \
    intptr_t CRT(_##w##execve)(const CH *name, const CH *const *arguments, const CH *const *environment)         \
    {                                                                                                            \
        return spawn(OVERLAY, name, arguments, environment, 0);                                                  \
    }
VECTORS(char, spawn_narrow, )
VECTORS(wchar_t, spawn, w)

#define MOST_ARGUMENTS 256
/* The list forms; those with an environment have it behind the NULL. */
#define LIST(CH, spawn, name, mode_parameter, mode, search, with_environment)                                    \
    intptr_t CRT(name)(mode_parameter const CH *program, const CH *first, ...)                                   \
    {                                                                                                            \
        const CH *arguments[MOST_ARGUMENTS] = {first};                                                           \
        size_t count = first ? 1 : 0;                                                                            \
        va_list a;                                                                                               \
        va_start(a, first);                                                                                      \
        while (count && count < MOST_ARGUMENTS - 1 && (arguments[count] = va_arg(a, const CH *)))                \
            count++;                                                                                             \
        int too_many = count == MOST_ARGUMENTS - 1;                                                              \
        const CH *const *environment = with_environment && !too_many ? va_arg(a, const CH *const *) : NULL;      \
        va_end(a);                                                                                               \
        if (too_many) {                                                                                          \
            errno = E2BIG;                                                                                       \
            return -1;                                                                                           \
        }                                                                                                        \
        return spawn(mode, program, arguments, environment, search);                                             \
    }
#define MODE int mode,
#define NO_MODE
LIST(char, spawn_narrow, _spawnl, MODE, mode, 0, 0)
LIST(char, spawn_narrow, _spawnlp, MODE, mode, 1, 0)
LIST(char, spawn_narrow, _spawnle, MODE, mode, 0, 1)
LIST(char, spawn_narrow, _spawnlpe, MODE, mode, 1, 1)
LIST(wchar_t, spawn, _wspawnl, MODE, mode, 0, 0)
LIST(wchar_t, spawn, _wspawnlp, MODE, mode, 1, 0)
LIST(wchar_t, spawn, _wspawnle, MODE, mode, 0, 1)
LIST(wchar_t, spawn, _wspawnlpe, MODE, mode, 1, 1)
LIST(char, spawn_narrow, _execl, NO_MODE, OVERLAY, 0, 0)
LIST(char, spawn_narrow, _execlp, NO_MODE, OVERLAY, 1, 0)
LIST(char, spawn_narrow, _execle, NO_MODE, OVERLAY, 0, 1)
LIST(wchar_t, spawn, _wexecl, NO_MODE, OVERLAY, 0, 0)
LIST(wchar_t, spawn, _wexeclp, NO_MODE, OVERLAY, 1, 0)

intptr_t CRT(_cwait)(int *status, intptr_t handle, int action)
{
    (void)action;
    uint32_t code = 0;
    if (WaitForSingleObject((void *)handle, FOREVER) != 0 || !GetExitCodeProcess((void *)handle, &code)) {
        errno = ECHILD;
        return -1;
    }
    CloseHandle((void *)handle);
    if (status)
        *status = (int)code;
    return handle;
}

int CRT(_getch)(void);
/* The lines that programs of consoles have for cmd; the others are the shell's. */
int CRT(system)(const char *command)
{
    if (!command)
        return 1;
    fflush(NULL);
    while (*command == ' ')
        command++;
    if (strcasecmp(command, "pause") == 0 || strncasecmp(command, "pause ", 6) == 0
        || strncasecmp(command, "pause>", 6) == 0) {
        if (!strchr(command, '>'))
            fputs("Press any key to continue . . . ", stdout);
        fflush(stdout);
        CRT(_getch)();
        if (!strchr(command, '>'))
            putchar('\n');
        return 0;
    }
    if (strcasecmp(command, "cls") == 0) {
        if (isatty(1))
            fputs("\033[H\033[2J", stdout);
        fflush(stdout);
        return 0;
    }
    int status = system(command);
    return status < 0 ? status : status & 0x7F ? 128 + (status & 0x7F) : status >> 8 & 0xFF;
}
int CRT(_wsystem)(const wchar_t *command)
{
    char *narrow = transom_to_utf8(command);
    int status = CRT(system)(narrow);
    free(narrow);
    return status;
}
