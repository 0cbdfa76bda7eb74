/* io.h and direct.h: descriptors and names of files. */
#include "crt.h"
#include "win32.h"
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Those of include/fcntl.h that Linux has not. */
#define OPEN_MARKS 0x70000000

intptr_t CRT(_get_osfhandle)(int descriptor)
{
    void *handle = descriptor == 0 ? GetStdHandle((uint32_t)-10) : descriptor == 1 ? GetStdHandle((uint32_t)-11)
        : descriptor == 2 ? GetStdHandle((uint32_t)-12) : transom_handle_of_descriptor(descriptor);
    if (!handle || handle == INVALID_HANDLE) {
        errno = EBADF;
        return -1;
    }
    return (intptr_t)handle;
}

/* The descriptor is a duplicate; the handle is the caller's no more. */
int CRT(_open_osfhandle)(intptr_t handle, int flags)
{
    (void)flags;
    int descriptor = transom_descriptor_of_handle((void *)handle);
    if (descriptor < 0) {
        errno = EBADF;
        return -1;
    }
    CloseHandle((void *)handle);
    return descriptor;
}

int CRT(_pipe)(int *descriptors, unsigned size, int mode)
{
    (void)size;
    if (!descriptors)
        return transom_invalid(EINVAL), -1;
    return pipe2(descriptors, mode & O_CLOEXEC);
}

/* Descriptors 0 to 2 are the standard handles too. */
int CRT(_dup2)(int from, int to)
{
    if (to >= 0 && to <= 2)
        fflush(to == 1 ? stdout : to == 2 ? stderr : NULL);
    if (dup2(from, to) < 0)
        return -1;
    if (to >= 0 && to <= 2) {
        void *handle = transom_handle_of_descriptor(to);
        if (handle != INVALID_HANDLE) {
            SetHandleInformation(handle, 1, 1);
            SetStdHandle((uint32_t)-10 - (uint32_t)to, handle);
        }
    }
    return 0;
}

static int open_path(char *path, int flags, int mode)
{
    int descriptor = path ? open(path, flags & ~OPEN_MARKS, mode ? (mode_t)mode | 0444 : 0666) : -1;
    free(path);
    return descriptor;
}
int CRT(_open)(const char *path, int flags, ...)
{
    va_list a;
    va_start(a, flags);
    int mode = flags & O_CREAT ? va_arg(a, int) : 0;
    va_end(a);
    return open_path(transom_linux_path(path), flags, mode);
}
int CRT(_wopen)(const wchar_t *path, int flags, ...)
{
    va_list a;
    va_start(a, flags);
    int mode = flags & O_CREAT ? va_arg(a, int) : 0;
    va_end(a);
    return open_path(transom_linux_path_w(path), flags, mode);
}
int CRT(_sopen_s)(int *descriptor, const char *path, int flags, int share, int mode)
{
    (void)share;
    if (!descriptor || !path)
        return transom_invalid(EINVAL);
    *descriptor = open_path(transom_linux_path(path), flags, mode);
    return *descriptor < 0 ? errno : 0;
}
int CRT(_wsopen_s)(int *descriptor, const wchar_t *path, int flags, int share, int mode)
{
    (void)share;
    if (!descriptor || !path)
        return transom_invalid(EINVAL);
    *descriptor = open_path(transom_linux_path_w(path), flags, mode);
    return *descriptor < 0 ? errno : 0;
}
int CRT(_creat)(const char *path, int mode)
{
    return open_path(transom_linux_path(path), O_CREAT | O_TRUNC | O_RDWR, mode);
}
int CRT(_setmode)(int descriptor, int mode)
{
    (void)mode;
    return fcntl(descriptor, F_GETFD) < 0 ? -1 : 0x10000000;
}
int CRT(_eof)(int descriptor)
{
    off_t at = lseek(descriptor, 0, SEEK_CUR);
    struct stat about;
    return at < 0 || fstat(descriptor, &about) != 0 ? -1 : at >= about.st_size;
}
long long CRT(_filelengthi64)(int descriptor)
{
    struct stat about;
    return fstat(descriptor, &about) == 0 ? (long long)about.st_size : -1;
}
long CRT(_filelength)(int descriptor) { return (long)CRT(_filelengthi64)(descriptor); }
int CRT(_chsize)(int descriptor, long size) { return ftruncate(descriptor, size); }
int CRT(_commit)(int descriptor) { return fsync(descriptor); }

/* Functions of one path. */
#define ON_PATH(name, wname, call)                                        \
    static int name##_path(char *path)                                    \
    {                                                                     \
        int result = path ? call : (transom_invalid(EINVAL), -1);         \
        int kept = errno;                                                 \
        free(path);                                                       \
        errno = kept;                                                     \
        return result;                                                    \
    }                                                                     \
    int CRT(name)(const char *path) { return name##_path(transom_linux_path(path)); } \
    int CRT(wname)(const wchar_t *path) { return name##_path(transom_linux_path_w(path)); }
ON_PATH(remove, _wremove, remove(path))
ON_PATH(_mkdir, _wmkdir, mkdir(path, 0777))
ON_PATH(_rmdir, _wrmdir, rmdir(path))
ON_PATH(_chdir, _wchdir, chdir(path))

static int access_path(char *path, int mode)
{
    int result = path ? access(path, mode & 6) : (transom_invalid(EINVAL), -1);
    int kept = errno;
    free(path);
    errno = kept;
    return result;
}
int CRT(_access)(const char *path, int mode) { return access_path(transom_linux_path(path), mode); }
int CRT(_waccess)(const wchar_t *path, int mode) { return access_path(transom_linux_path_w(path), mode); }
int CRT(_access_s)(const char *path, int mode) { return CRT(_access)(path, mode) == 0 ? 0 : errno; }
int CRT(_waccess_s)(const wchar_t *path, int mode) { return CRT(_waccess)(path, mode) == 0 ? 0 : errno; }

/* Windows does not rename over a file that is there. */
static int rename_paths(char *from, char *to)
{
    int result = -1;
    if (!from || !to)
        transom_invalid(EINVAL);
    else if (access(to, F_OK) == 0)
        errno = EEXIST;
    else
        result = rename(from, to);
    int kept = errno;
    free(from);
    free(to);
    errno = kept;
    return result;
}
int CRT(rename)(const char *from, const char *to)
{
    return rename_paths(transom_linux_path(from), transom_linux_path(to));
}
int CRT(_wrename)(const wchar_t *from, const wchar_t *to)
{
    return rename_paths(transom_linux_path_w(from), transom_linux_path_w(to));
}
int CRT(_wstat64)(const wchar_t *path, struct stat *about)
{
    char *linux_path = transom_linux_path_w(path);
    int result = linux_path ? stat(linux_path, about) : -1;
    free(linux_path);
    return result;
}
int CRT(_stat64)(const char *path, struct stat *about)
{
    char *linux_path = transom_linux_path(path);
    int result = linux_path ? stat(linux_path, about) : -1;
    free(linux_path);
    return result;
}

/* Paths are shown as Windows shows them. */
char *CRT(_getcwd)(char *to, int room)
{
    char *path = getcwd(NULL, 0), *shown = NULL;
    if (!path || asprintf(&shown, "C:%s", path) < 0) {
        free(path);
        return NULL;
    }
    free(path);
    for (char *at = shown; *at; at++)
        if (*at == '/')
            *at = '\\';
    if (!to)
        return shown;
    size_t length = strlen(shown);
    if (room <= 0 || length >= (size_t)room) {
        free(shown);
        errno = ERANGE;
        return NULL;
    }
    memcpy(to, shown, length + 1);
    free(shown);
    return to;
}
wchar_t *CRT(_wgetcwd)(wchar_t *to, int room)
{
    char *narrow = CRT(_getcwd)(NULL, 0);
    wchar_t *shown = transom_to_utf16(narrow);
    free(narrow);
    if (!to || !shown)
        return shown;
    size_t length = CRT(wcslen)(shown);
    if (room <= 0 || length >= (size_t)room) {
        errno = ERANGE;
        to = NULL;
    } else {
        memcpy(to, shown, (length + 1) * sizeof *to);
    }
    free(shown);
    return to;
}
int CRT(_getdrive)(void) { return 3; }

/* _findfirst: a directory and a pattern. */
struct finder {
    DIR *directory;
    char *path;
    char *pattern;
};
struct found {
    unsigned attributes;
    time_t created, accessed, written;
    unsigned long size;
    char name[260];
};
struct found_wide {
    unsigned attributes;
    time_t created, accessed, written;
    unsigned long size;
    wchar_t name[260];
};
static void free_finder(struct finder *finder)
{
    if (finder->directory)
        closedir(finder->directory);
    free(finder->path);
    free(finder->pattern);
    free(finder);
}
static int find_next(struct finder *finder, struct found *found)
{
    struct dirent *entry;
    int all = strcmp(finder->pattern, "*.*") == 0;
    while ((entry = readdir(finder->directory))) {
        struct stat about;
        if (!all && fnmatch(finder->pattern, entry->d_name, FNM_CASEFOLD) != 0)
            continue;
        if (fstatat(dirfd(finder->directory), entry->d_name, &about, 0) != 0)
            continue;
        found->attributes = S_ISDIR(about.st_mode) ? 0x10 : about.st_mode & 0222 ? 0x20 : 0x21;
        found->created = about.st_ctime;
        found->accessed = about.st_atime;
        found->written = about.st_mtime;
        found->size = S_ISDIR(about.st_mode) ? 0 : (unsigned long)about.st_size;
        snprintf(found->name, sizeof found->name, "%s", entry->d_name);
        return 0;
    }
    errno = ENOENT;
    return -1;
}
static intptr_t find_first(char *path, struct found *found)
{
    if (!path || !found) {
        free(path);
        return transom_invalid(EINVAL), -1;
    }
    struct finder *finder = calloc(1, sizeof *finder);
    char *slash = strrchr(path, '/');
    if (finder) {
        finder->pattern = strdup(slash ? slash + 1 : path);
        if (slash)
            slash[1] = 0;
        finder->path = strdup(slash ? path : ".");
        if (finder->path && finder->pattern)
            finder->directory = opendir(finder->path);
    }
    free(path);
    if (!finder || !finder->directory || find_next(finder, found) != 0) {
        int kept = errno;
        if (finder)
            free_finder(finder);
        errno = kept;
        return -1;
    }
    return (intptr_t)finder;
}
static void widen(const struct found *found, struct found_wide *to)
{
    to->attributes = found->attributes;
    to->created = found->created;
    to->accessed = found->accessed;
    to->written = found->written;
    to->size = found->size;
    to->name[transom_utf16_from_utf8(found->name, strlen(found->name), to->name)] = 0;
}
intptr_t CRT(_findfirst)(const char *path, struct found *found) { return find_first(transom_linux_path(path), found); }
int CRT(_findnext)(intptr_t handle, struct found *found)
{
    return handle == -1 || !found ? (transom_invalid(EINVAL), -1) : find_next((struct finder *)handle, found);
}
intptr_t CRT(_wfindfirst)(const wchar_t *path, struct found_wide *found)
{
    struct found narrow;
    intptr_t handle = found ? find_first(transom_linux_path_w(path), &narrow) : (transom_invalid(EINVAL), -1);
    if (handle != -1)
        widen(&narrow, found);
    return handle;
}
int CRT(_wfindnext)(intptr_t handle, struct found_wide *found)
{
    struct found narrow;
    if (handle == -1 || !found)
        return transom_invalid(EINVAL), -1;
    int result = find_next((struct finder *)handle, &narrow);
    if (result == 0)
        widen(&narrow, found);
    return result;
}
int CRT(_findclose)(intptr_t handle)
{
    if (handle == -1 || handle == 0)
        return transom_invalid(EINVAL), -1;
    free_finder((struct finder *)handle);
    return 0;
}

/* Parts of paths. */
#define PATHS(CH, split, split_s, make, make_s, full, S)                                                         \
    static int part(S)(CH *to, size_t room, const CH *from, size_t length)                                      \
    {                                                                                                           \
        if (!to)                                                                                                \
            return 0;                                                                                           \
        if (length >= room)                                                                                     \
            return ERANGE;                                                                                      \
        memcpy(to, from, length * sizeof(CH));                                                                  \
        to[length] = 0;                                                                                         \
        return 0;                                                                                               \
    }                                                                                                           \
    int CRT(split_s)(const CH *path, CH *drive, size_t drive_room, CH *directory, size_t directory_room,        \
        CH *name, size_t name_room, CH *extension, size_t extension_room)                                       \
    {                                                                                                           \
        if (!path)                                                                                              \
            return transom_invalid(EINVAL);                                                                     \
        size_t drive_length = path[0] && path[1] == ':' ? 2 : 0, start = drive_length, dot = 0, end;            \
        for (end = start; path[end]; end++) {                                                                   \
            if (path[end] == '\\' || path[end] == '/') {                                                        \
                start = end + 1;                                                                                \
                dot = 0;                                                                                        \
            } else if (path[end] == '.') {                                                                      \
                dot = end + 1;                                                                                  \
            }                                                                                                   \
        }                                                                                                       \
        size_t name_end = dot ? dot - 1 : end;                                                                  \
        int error = part(S)(drive, drive_room, path, drive_length);                                             \
        if (!error)                                                                                             \
            error = part(S)(directory, directory_room, path + drive_length, start - drive_length);              \
        if (!error)                                                                                             \
            error = part(S)(name, name_room, path + start, name_end - start);                                   \
        if (!error)                                                                                             \
            error = part(S)(extension, extension_room, path + name_end, end - name_end);                        \
        return error ? transom_invalid(error) : 0;                                                              \
    }                                                                                                           \
    void CRT(split)(const CH *path, CH *drive, CH *directory, CH *name, CH *extension)                          \
    {                                                                                                           \
        CRT(split_s)(path, drive, 3, directory, 256, name, 256, extension, 256);                                \
    }                                                                                                           \
    int CRT(make_s)(CH *to, size_t room, const CH *drive, const CH *directory, const CH *name, const CH *extension) \
    {                                                                                                           \
        size_t at = 0;                                                                                          \
        if (!to || !room)                                                                                       \
            return transom_invalid(EINVAL);                                                                     \
        CH last = 0;                                                                                            \
        const CH *parts[] = {drive, directory, name, extension};                                                \
        for (int i = 0; i < 4; i++) {                                                                           \
            const CH *from = parts[i];                                                                          \
            if (!from || !*from)                                                                                \
                continue;                                                                                       \
            if (i == 3 && *from != '.' && at + 1 < room)                                                        \
                to[at++] = '.';                                                                                 \
            for (int n = 0; *from && !(i == 0 && n); n++, from++) {                                             \
                if (at + 1 >= room)                                                                             \
                    goto full_up;                                                                               \
                to[at++] = last = *from;                                                                        \
            }                                                                                                   \
            CH ending = i == 0 ? ':' : i == 1 && last != '\\' && last != '/' ? '\\' : 0;                        \
            if (ending) {                                                                                       \
                if (at + 1 >= room)                                                                             \
                    goto full_up;                                                                               \
                to[at++] = ending;                                                                              \
            }                                                                                                   \
        }                                                                                                       \
        to[at] = 0;                                                                                             \
        return 0;                                                                                               \
    full_up:                                                                                                    \
        to[0] = 0;                                                                                              \
        return transom_invalid(ERANGE);                                                                         \
    }                                                                                                           \
    void CRT(make)(CH *to, const CH *drive, const CH *directory, const CH *name, const CH *extension)           \
    {                                                                                                           \
        CRT(make_s)(to, 260, drive, directory, name, extension);                                                \
    }
#define part(S) part_##S
PATHS(char, _splitpath, _splitpath_s, _makepath, _makepath_s, _fullpath, narrow)
PATHS(wchar_t, _wsplitpath, _wsplitpath_s, _wmakepath, _wmakepath_s, _wfullpath, wide)

uint32_t GetFullPathNameA(const char *path, uint32_t room, char *to, char **name);
uint32_t GetFullPathNameW(const wchar_t *path, uint32_t room, wchar_t *to, wchar_t **name);
#define FULL_PATH(name, CH, get)                                      \
    CH *CRT(name)(CH *to, const CH *path, size_t room)                \
    {                                                                 \
        CH *own = to ? NULL : malloc(4096 * sizeof(CH));              \
        uint32_t most = to ? (uint32_t)room : 4096;                   \
        if (!to && !own)                                              \
            return NULL;                                              \
        uint32_t length = get(path, most, to ? to : own, NULL);       \
        if (length == 0 || length >= most) {                          \
            free(own);                                                \
            errno = ERANGE;                                           \
            return NULL;                                              \
        }                                                             \
        return to ? to : own;                                         \
    }
FULL_PATH(_fullpath, char, GetFullPathNameA)
FULL_PATH(_wfullpath, wchar_t, GetFullPathNameW)

int CRT(_read)(int descriptor, void *buffer, unsigned count) { return (int)read(descriptor, buffer, count); }
int CRT(_write)(int descriptor, const void *buffer, unsigned count) { return (int)write(descriptor, buffer, count); }
long CRT(_tell)(int descriptor) { return (long)lseek(descriptor, 0, SEEK_CUR); }
