/* The entry of programs that have wmain, WinMain or wWinMain and no main. In C++ wmain has a mangled name,
   which depends on its parameters. */
#include "crt.h"
#include "win32.h"

extern char **environ;
int wmain(int, wchar_t **, wchar_t **) __attribute__((__weak__));
int mangled_none(void) __asm__("_Z5wmainv") __attribute__((__weak__));
int mangled_arguments(int, wchar_t **) __asm__("_Z5wmainiPPw") __attribute__((__weak__));
int mangled_environment(int, wchar_t **, wchar_t **) __asm__("_Z5wmainiPPwS0_") __attribute__((__weak__));
int mangled_const(int, wchar_t **) __asm__("_Z5wmainiPPKw") __attribute__((__weak__));
int mangled_const_both(int, wchar_t **, wchar_t **) __asm__("_Z5wmainiPPKwS2_") __attribute__((__weak__));
int WinMain(void *, void *, char *, int) __attribute__((__weak__));
int wWinMain(void *, void *, wchar_t *, int) __attribute__((__weak__));

/* They live as long as the program, and are found here by who looks for leaks. */
wchar_t **transom_wargv, **transom_wenviron;

static wchar_t **wide_list(char **list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    wchar_t **wide_texts = calloc(count + 1, sizeof *wide_texts);
    for (size_t i = 0; wide_texts && i < count; i++)
        if (!(wide_texts[i] = transom_to_utf16(list[i])))
            return NULL;
    return wide_texts;
}

/* The command line behind the program's name. */
#define BEHIND_NAME(name, CH)                         \
    static CH *name(CH *line)                         \
    {                                                 \
        int quoted = 0;                               \
        while (*line && (quoted || (*line != ' ' && *line != '\t'))) \
            if (*line++ == '"')                       \
                quoted = !quoted;                     \
        while (*line == ' ' || *line == '\t')         \
            line++;                                   \
        return line;                                  \
    }
BEHIND_NAME(behind_name, char)
BEHIND_NAME(behind_name_w, wchar_t)

#define SHOW_DEFAULT 10

int main(int count, char **arguments)
{
    if (WinMain)
        return WinMain(NULL, NULL, behind_name(GetCommandLineA()), SHOW_DEFAULT);
    if (wWinMain)
        return wWinMain(NULL, NULL, behind_name_w(GetCommandLineW()), SHOW_DEFAULT);
    if (mangled_none)
        return mangled_none();
    transom_wargv = wide_list(arguments);
    if (!transom_wargv) {
        fputs("transom: no memory for the arguments\n", stderr);
        return 3;
    }
    if (mangled_arguments)
        return mangled_arguments(count, transom_wargv);
    if (mangled_const)
        return mangled_const(count, transom_wargv);
    transom_wenviron = wide_list(environ);
    if (mangled_environment)
        return mangled_environment(count, transom_wargv, transom_wenviron);
    if (mangled_const_both)
        return mangled_const_both(count, transom_wargv, transom_wenviron);
    if (wmain)
        return wmain(count, transom_wargv, transom_wenviron);
    fputs("transom: the program has no main, wmain, WinMain or wWinMain\n", stderr);
    return 3;
}
