/* Paths with backslashes, directories, _findfirst, _splitpath. */
#include <windows.h>
#include <direct.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "check.h"
int main(void)
{
    struct _finddata_t found;
    struct _stat about;

    char drive[_MAX_DRIVE], directory[_MAX_DIR], name[_MAX_FNAME], extension[_MAX_EXT], path[_MAX_PATH], here[_MAX_PATH];
    intptr_t handle;
    FILE *file;
    int count = 0;

    sprintf(here, "paths_%lu", GetCurrentProcessId());
    CHECK(_mkdir(here) == 0 && _mkdir(here) == -1 && errno == EEXIST);
    sprintf(path, ".\\%s\\file.txt", here);
    CHECK(fopen_s(&file, path, "wt") == 0);
    fputs("text", file);
    fclose(file);
    CHECK(_access(path, 0) == 0);
    sprintf(path, "%s\\*.TXT", here);
    handle = _findfirst(path, &found);
    CHECK(handle != -1);
    do {
        CHECK(!strcmp(found.name, "file.txt") && found.size == 4);
        count++;
    } while (_findnext(handle, &found) == 0);
    CHECK(count == 1 && _findclose(handle) == 0);
    _splitpath("C:\\dir\\sub\\name.tar.gz", drive, directory, name, extension);
    CHECK(!strcmp(drive, "C:") && !strcmp(directory, "\\dir\\sub\\") && !strcmp(name, "name.tar") && !strcmp(extension, ".gz"));
    _makepath(path, drive, directory, "x", "c");
    CHECK(!strcmp(path, "C:\\dir\\sub\\x.c"));
    sprintf(path, "%s\\file.txt", here);
    CHECK(remove(path) == 0 && _rmdir(here) == 0);
    return failures;
}
