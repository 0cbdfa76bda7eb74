/* The entry of programs with windows. */
#include <windows.h>
#include <string.h>
int WINAPI WinMain(HINSTANCE instance, HINSTANCE previous, LPSTR line, int show)
{
    UNREFERENCED_PARAMETER(instance);
    return previous != NULL || strcmp(line, "one \"two three\"") != 0 || show != SW_SHOWDEFAULT;
}
