/* The C runtime: printf, scanf, strings, numbers, files. */
#include "probe.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <direct.h>
#include <tchar.h>
#include <time.h>
#include <process.h>

static void printing(void)
{
    char buffer[256];
    WCHAR wide[256];
    int i;

#define PRINT(name, ...) (_snprintf(buffer, sizeof(buffer), __VA_ARGS__), say_text(name, buffer))
#define WPRINT(name, ...) (_snwprintf(wide, 256, __VA_ARGS__), say_wide(name, wide))
    PRINT("print_d", "%d|%5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42);
    PRINT("print_ld", "%ld|%lu|%lx", -1L, 0xFFFFFFFFUL, 0xABCDEFUL);
    PRINT("print_hd", "%hd|%hu", 70000, 70000);
    PRINT("print_hhd", "%hhd", 300);
    PRINT("print_i64", "%I64d|%I64u|%I64x", -5000000000LL, 5000000000ULL, 0x1234567890ULL);
    PRINT("print_lld", "%lld|%llx", -5000000000LL, 0x1234567890ULL);
    PRINT("print_i32", "%I32d|%Ix|%Iu", -5, (size_t)255, (size_t)77);
    PRINT("print_x", "%x|%X|%#x|%#o|%o|%#X", 255, 255, 255, 8, 8, 255);
    PRINT("print_precision", "%.3d|%8.3d|%-8.3d|%.0d", 5, 5, 5, 0);
    PRINT("print_star", "%*d|%-*d|%.*d", 5, 1, 5, 1, 3, 1);
    PRINT("print_s", "%s|%8s|%-8s|%.2s", "text", "text", "text", "text");
    PRINT("print_s_null", "%s", (char *)NULL);
    PRINT("print_S", "%S|%ls|%ws", L"wide", L"wide", L"wide");
    PRINT("print_hs", "%hs|%hS", "narrow", "narrow");
    PRINT("print_c", "%c|%C|%lc|%3c", 'a', L'b', L'c', 'd');
    PRINT("print_p", "%p", (void *)(ULONG_PTR)0xABC);
    PRINT("print_percent", "%%");
    PRINT("print_f", "%f|%.2f|%8.3f|%-8.1f|%+.1f", 1.5, 2.347, 3.14159, 2.5, 2.5);
    PRINT("print_f_half", "%.0f|%.0f|%.1f", 2.5, 3.5, 0.25);
    PRINT("print_g", "%g|%g", 0.0001, 100000.0);
    PRINT("print_e", "%e|%G|%.0e", 1234567.0, 1e10, 1e-7);
    PRINT("print_g_alternate", "%#g|%#.3g", 1.0, 1.0);
    WPRINT("wprint_s", L"%s|%8s|%.2s", L"text", L"text", L"text");
    WPRINT("wprint_S", L"%S|%hs|%ls", "narrow", "narrow", L"wide");
    WPRINT("wprint_c", L"%c|%C|%hc", L'a', 'b', 'c');
    WPRINT("wprint_d", L"%05d|%x", 42, 255);
    SAY_VALUE("wsprintf", wsprintfA(buffer, "%d %5u|%-4x|%#X|%s|%c|%hs|%ld|%03d", -5, 7, 255, 255, "text", 'c', "h", -1L, 9));
    say_text("wsprintf_text", buffer);
    SAY_VALUE("wsprintf_wide", wsprintfW(wide, L"%s %S %hs %c %lu", L"wide", "narrow", "narrow", L'w', 12UL));
    say_wide("wsprintf_wide_text", wide);
    SAY_VALUE("wsprintf_null", wsprintfA(buffer, "%s|%d%%", (char *)NULL, 5));
    say_text("wsprintf_null_text", buffer);
    memset(buffer, 'x', 8);
    SAY_VALUE("snprintf_fits", _snprintf(buffer, 8, "%s", "1234567"));
    SAY_VALUE("snprintf_exact", _snprintf(buffer, 7, "%s", "1234567"));
    SAY_VALUE("snprintf_short", _snprintf(buffer, 4, "%s", "1234567"));
    SAY_VALUE("snprintf_not_ended", buffer[4] == '5');
    SAY_VALUE("scprintf", _scprintf("%d-%s", 42, "abc"));
    SAY_VALUE("sprintf_count", sprintf(buffer, "%s", "12345"));
    SAY_VALUE("swprintf_short", _snwprintf(wide, 3, L"%s", L"12345"));
    i = sprintf(buffer, "%s", "");
    SAY_VALUE("sprintf_nothing", i);
}

static void scanning(void)
{
    int a = -1, b = -1, count = -1;
    unsigned u = 0;
    short s = -1;
    long l = -1;
    __int64 big = -1;
    char text[32] = "", c = 0;
    WCHAR wide[32] = L"";
    float f = 0;
    double d = 0;

    SAY_VALUE("scan_two", sscanf("12 34", "%d %d", &a, &b));
    SAY_VALUE("scan_first", a);
    SAY_VALUE("scan_second", b);
    SAY_VALUE("scan_one_of_two", sscanf("12 x", "%d %d", &a, &b));
    SAY_VALUE("scan_none", sscanf("x", "%d", &a));
    SAY_VALUE("scan_end", sscanf("", "%d", &a));
    sscanf("0x1f 017 9", "%i %i %i", &a, &b, &count);
    SAY_VALUE("scan_i_hex", a);
    SAY_VALUE("scan_i_octal", b);
    sscanf("ff", "%x", &u);
    SAY_VALUE("scan_x", u);
    sscanf("70000", "%hd", &s);
    SAY_VALUE("scan_hd", s);
    sscanf("123456", "%ld", &l);
    SAY_VALUE("scan_ld", l);
    sscanf("5000000000", "%I64d", &big);
    SAY_VALUE("scan_i64", big);
    sscanf("  word rest", "%s", text);
    say_text("scan_s", text);
    sscanf("abcdef", "%3s", text);
    say_text("scan_width", text);
    sscanf("abc123", "%[a-z]%d", text, &a);
    say_text("scan_set", text);
    SAY_VALUE("scan_after_set", a);
    sscanf("abc,def", "%[^,]", text);
    say_text("scan_set_not", text);
    sscanf(" x", "%c", &c);
    SAY_VALUE("scan_c", c);
    sscanf("1 2 3", "%*d %d", &a);
    SAY_VALUE("scan_suppressed", a);
    SAY_VALUE("scan_n", (sscanf("12345", "%3d%n", &a, &count), count));
    sscanf("1.5 2.25", "%f %lf", &f, &d);
    SAY_VALUE("scan_floats", f == 1.5f && d == 2.25);
    sscanf("wide", "%S", wide);
    say_wide("scan_S", wide);
    SAY_VALUE("scan_literal", sscanf("a:5", "a:%d", &a));
    SAY_VALUE("scan_literal_wrong", sscanf("b:5", "a:%d", &a));
    SAY_VALUE("swscan", swscanf(L"7 text", L"%d %s", &a, wide));
    say_wide("swscan_s", wide);
}

static void strings(void)
{
    char buffer[32], *end;
    WCHAR wide[16];
    long number;

    SAY_VALUE("stricmp", _stricmp("ABC", "abc"));
    SAY_VALUE("stricmp_less", _stricmp("abc", "ABD") < 0);
    SAY_VALUE("strnicmp", _strnicmp("ABCx", "abcy", 3));
    SAY_VALUE("wcsicmp", _wcsicmp(L"ABC", L"abc"));
    strcpy(buffer, "MiXed");
    say_text("strupr", _strupr(buffer));
    say_text("strlwr", _strlwr(buffer));
    say_text("strrev", _strrev(buffer));
    say_text("itoa", _itoa(-255, buffer, 10));
    say_text("itoa_hex", _itoa(-1, buffer, 16));
    say_text("ultoa_binary", _ultoa(10, buffer, 2));
    say_text("i64toa", _i64toa(-5000000000LL, buffer, 10));
    say_wide("itow", _itow(255, wide, 16));
    number = strtol("0x7fz", &end, 0);
    SAY_VALUE("strtol", number);
    SAY_VALUE("strtol_end", *end);
    errno = 0;
    number = strtol("99999999999", NULL, 10);
    SAY_VALUE("strtol_over", number);
    SAY_VALUE("strtol_over_errno", errno);
    SAY_VALUE("atoi_junk", atoi("12abc"));
    SAY_VALUE("atoi64", _atoi64("5000000000"));
    SAY_VALUE("wtoi", _wtoi(L"-42"));
    SAY_VALUE("strtoul_negative", strtoul("-1", NULL, 10));
    SAY_VALUE("rand_after_seed", (srand(1), rand()));
    SAY_VALUE("rand_second", rand());
    SAY_VALUE("toupper", toupper('q'));
    SAY_VALUE("isalpha", isalpha('q') != 0);
    SAY_VALUE("iswdigit", iswdigit(L'5') != 0);
    say_text("strtok", strtok(strcpy(buffer, ",a,,b"), ","));
    say_text("strtok_next", strtok(NULL, ","));
    SAY_VALUE("strtok_end", strtok(NULL, ",") == NULL);
    SAY_VALUE("wcstombs", wcstombs(buffer, L"abc", sizeof(buffer)));
    SAY_VALUE("mbstowcs", mbstowcs(wide, "abc", 16));
    SAY_VALUE("max", max(3, 4));
}

static void files(void)
{
    FILE *file;
    char buffer[64];
    int number;
    struct tm when = {0};

    SAY_VALUE("open_absent", fopen("absent.txt", "r") == NULL);
    SAY_VALUE("open_absent_errno", errno);
    SAY_VALUE("access_absent", _access("absent.txt", 0));
    SAY_VALUE("unlink_absent", _unlink("absent.txt"));
    file = fopen("crt.txt", "w");
    SAY_VALUE("open", file != NULL);
    SAY_VALUE("fprintf", fprintf(file, "line %d\n", 1));
    SAY_VALUE("fputs", fputs("line 2\n", file) >= 0);
    SAY_VALUE("fwrite", fwrite("abc", 1, 3, file));
    SAY_VALUE("close", fclose(file));
    SAY_VALUE("access", _access("crt.txt", 0));
    file = fopen("crt.txt", "r");
    say_text("fgets", strtok(fgets(buffer, sizeof(buffer), file), "\n"));
    SAY_VALUE("fscanf", fscanf(file, "line %d", &number));
    SAY_VALUE("fscanf_number", number);
    SAY_VALUE("getc", getc(file));
    SAY_VALUE("ungetc", ungetc('z', file));
    SAY_VALUE("fread", fread(buffer, 1, 10, file));
    SAY_VALUE("feof", feof(file) != 0);
    SAY_VALUE("getc_at_end", getc(file));
    SAY_VALUE("fseek", fseek(file, 0, SEEK_SET));
    SAY_VALUE("ftell", ftell(file));
    fclose(file);
    SAY_VALUE("rename_over", (fclose(fopen("other.txt", "w")), rename("crt.txt", "other.txt")));
    SAY_VALUE("rename_over_errno", errno);
    SAY_VALUE("remove", remove("other.txt"));
    SAY_VALUE("rename", rename("crt.txt", "other.txt"));
    SAY_VALUE("remove_absent", remove("crt.txt"));
    remove("other.txt");
    SAY_VALUE("mkdir", _mkdir("made"));
    SAY_VALUE("mkdir_again", _mkdir("made"));
    SAY_VALUE("mkdir_again_errno", errno);
    SAY_VALUE("chdir_absent", _chdir("absent"));
    SAY_VALUE("rmdir", _rmdir("made"));
    SAY_VALUE("rmdir_absent", _rmdir("made"));
    number = _open("low.txt", _O_CREAT | _O_RDWR | _O_BINARY, 0600);
    SAY_VALUE("low_open", number >= 3);
    SAY_VALUE("low_write", _write(number, "12345", 5));
    SAY_VALUE("low_seek", _lseek(number, 1, SEEK_SET));
    SAY_VALUE("low_read", _read(number, buffer, 10));
    SAY_VALUE("low_length", _filelength(number));
    SAY_VALUE("low_handle", _get_osfhandle(number) != -1);
    SAY_VALUE("low_close", _close(number));
    SAY_VALUE("low_read_absent", _access("absent.txt", 4));
    remove("low.txt");
    SAY_VALUE("putenv", _putenv("Oracle_Crt=five"));
    say_text("getenv", getenv("ORACLE_CRT"));
    SAY_VALUE("getenv_absent", getenv("Oracle_Absent") == NULL);
    when.tm_year = 124, when.tm_mon = 1, when.tm_mday = 29, when.tm_hour = 12;
    strftime(buffer, sizeof(buffer), "%Y-%m-%d %H:%M:%S %j", &when);
    say_text("strftime", buffer);
    say_text("asctime", strtok(asctime(&when), "\n"));
}

static void tchars(void)
{
    TCHAR text[64], *at;

    SAY_VALUE("tchar_size", sizeof(TCHAR));
    _stprintf(text, _T("%s-%d"), _T("t"), 5);
    SAY_VALUE("tcslen", _tcslen(text));
    SAY_VALUE("tcscmp", _tcscmp(text, _T("t-5")));
    at = _tcschr(text, _T('-'));
    SAY_VALUE("tcschr", at - text);
    SAY_VALUE("ttoi", _ttoi(_T("12")));
    SAY_VALUE("tcsstr", _tcsstr(text, _T("-5")) == at);
    SAY_VALUE("tcsicmp", _tcsicmp(_T("AbC"), _T("aBc")));
    SAY_VALUE("istdigit", _istdigit(_T('7')) != 0);
    SAY_VALUE("totupper", _totupper(_T('a')));
}

int main(void)
{
    printing();
    scanning();
    strings();
    files();
    tchars();
    return 0;
}
