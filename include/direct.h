/* direct.h: directories. */
#ifndef TRANSOM_DIRECT_H
#define TRANSOM_DIRECT_H
#pragma GCC system_header

#include <_transom.h>
#include <stddef.h>
#include <wchar.h>

TRANSOM_BEGIN

int _mkdir(const char *path) TRANSOM_CRT(_mkdir);
int _rmdir(const char *path) TRANSOM_CRT(_rmdir);
int _chdir(const char *path) TRANSOM_CRT(_chdir);
char *_getcwd(char *to, int room) TRANSOM_CRT(_getcwd);
int _getdrive(void) TRANSOM_CRT(_getdrive);

TRANSOM_END

/* The names without an underscore; Linux' mkdir has one parameter more. */
#define mkdir(path, ...) _mkdir(path)
#define rmdir(path) _rmdir(path)
#define chdir(path) _chdir(path)
#define getcwd(to, room) _getcwd((to), (room))

#endif
