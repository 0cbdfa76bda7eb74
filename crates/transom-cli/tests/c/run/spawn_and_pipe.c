/* _pipe, _dup2, _spawnl, _get_osfhandle, _open_osfhandle. */
#include <windows.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <io.h>
#include <fcntl.h>
#include <process.h>
#include "check.h"

int main(int argc, char *argv[])
{
    int ends[2], saved, count, fd;
    char buffer[64];
    intptr_t child;
    HANDLE reader, writer;
    DWORD written;

    if (argc > 1) {
        printf("child says %s", argv[1]);
        return 42;
    }
    CHECK(_pipe(ends, 256, _O_BINARY) == 0);
    saved = _dup(1);
    CHECK(_dup2(ends[1], 1) == 0);
    child = _spawnl(_P_WAIT, argv[0], argv[0], "hello", NULL);
    _dup2(saved, 1);
    _close(ends[1]);
    CHECK(child == 42);
    count = _read(ends[0], buffer, sizeof buffer);
    CHECK(count == 16 && !memcmp(buffer, "child says hello", 16));
    _close(ends[0]);
    _close(saved);

    child = _spawnl(_P_NOWAIT, argv[0], argv[0], "x", NULL);
    CHECK(child != -1 && _cwait(&count, child, 0) == child && count == 42);
    CHECK(_spawnl(_P_WAIT, "no_such_program_at_all", "x", NULL) == -1 && errno == ENOENT);

    CHECK(CreatePipe(&reader, &writer, NULL, 0));
    fd = _open_osfhandle((intptr_t)reader, _O_RDONLY);
    CHECK(fd >= 3);
    CHECK(WriteFile(writer, "abc", 3, &written, NULL) && written == 3);
    CHECK(_read(fd, buffer, 3) == 3 && !memcmp(buffer, "abc", 3));
    CHECK(GetFileType((HANDLE)_get_osfhandle(fd)) == FILE_TYPE_PIPE);
    CHECK(_get_osfhandle(999) == -1 && errno == EBADF);
    _close(fd);
    CloseHandle(writer);
    return failures;
}
