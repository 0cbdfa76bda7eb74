/* Strings, code pages, messages, times. */
#include "probe.h"

static void code_pages(void)
{
    WCHAR wide[32];
    char narrow[32];
    CPINFO about;
    BOOL used = 77;

    SAY_NUMBER("to_wide", MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 32));
    SAY_NUMBER("to_wide_size", MultiByteToWideChar(CP_UTF8, 0, "abc", 3, NULL, 0));
    SAY_NUMBER("to_wide_short", MultiByteToWideChar(CP_UTF8, 0, "abc", -1, wide, 2));
    SAY_NUMBER("to_wide_no_bytes", MultiByteToWideChar(CP_UTF8, 0, "abc", 0, wide, 32));
    SAY_NUMBER("to_wide_null", MultiByteToWideChar(CP_UTF8, 0, NULL, 3, wide, 32));
    SAY_NUMBER("to_wide_bad_page", MultiByteToWideChar(12345, 0, "abc", 3, wide, 32));
    SAY_NUMBER("to_wide_bad_flags", MultiByteToWideChar(CP_UTF8, 0x4000, "abc", 3, wide, 32));
    SAY_NUMBER("to_wide_invalid_strict", MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xff", 2, wide, 32));
    SAY_NUMBER("to_wide_invalid", MultiByteToWideChar(CP_UTF8, 0, "a\xff" "b", -1, wide, 32));
    say_wide("to_wide_invalid_text", wide);
    SAY_NUMBER("to_wide_korean", MultiByteToWideChar(CP_UTF8, 0, "\xED\x95\x9C\xEA\xB8\x80", -1, wide, 32));
    say_wide("to_wide_korean_text", wide);
    SAY_NUMBER("to_wide_surrogates", MultiByteToWideChar(CP_UTF8, 0, "\xF0\x9F\x98\x80", -1, wide, 32));
    say_wide("to_wide_surrogates_text", wide);
    SAY_NUMBER("to_wide_949", MultiByteToWideChar(949, 0, "\xC7\xD1\xB1\xDB", -1, wide, 32));
    say_wide("to_wide_949_text", wide);
    SAY_NUMBER("to_wide_932", MultiByteToWideChar(932, 0, "\x93\xFA\x96\x7B", -1, wide, 32));
    say_wide("to_wide_932_text", wide);
    SAY_NUMBER("to_wide_1252", MultiByteToWideChar(1252, 0, "\x80\xE9", -1, wide, 32));
    say_wide("to_wide_1252_text", wide);
    SAY_NUMBER("to_narrow", WideCharToMultiByte(CP_UTF8, 0, L"\xd55c", -1, narrow, 32, NULL, NULL));
    SAY_NUMBER("to_narrow_short", WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, narrow, 2, NULL, NULL));
    SAY_NUMBER("to_narrow_no_characters", WideCharToMultiByte(CP_UTF8, 0, L"abc", 0, narrow, 32, NULL, NULL));
    SAY_NUMBER("to_narrow_utf8_default", WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, narrow, 32, "?", NULL));
    SAY_NUMBER("to_narrow_utf8_used", WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, narrow, 32, NULL, &used));
    SAY_NUMBER("to_narrow_lone_surrogate", WideCharToMultiByte(CP_UTF8, 0, L"\xd800", 1, narrow, 32, NULL, NULL));
    SAY_NUMBER("to_narrow_lone_surrogate_strict", WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, L"\xd800", 1, narrow, 32, NULL, NULL));
    SAY_NUMBER("to_narrow_949", WideCharToMultiByte(949, 0, L"\xd55c\xae00", -1, narrow, 32, NULL, &used));
    SAY_VALUE("to_narrow_949_bytes", (BYTE)narrow[0] << 8 | (BYTE)narrow[1]);
    SAY_VALUE("to_narrow_949_used", used);
    SAY_NUMBER("to_narrow_1252_default", WideCharToMultiByte(1252, 0, L"a\xd55c", -1, narrow, 32, "!", &used));
    say_text("to_narrow_1252_default_text", narrow);
    SAY_VALUE("to_narrow_1252_default_used", used);
    SAY_NUMBER("to_narrow_bad_page", WideCharToMultiByte(12345, 0, L"a", -1, narrow, 32, NULL, NULL));
    SAY_VALUE("valid_949", IsValidCodePage(949));
    SAY_VALUE("valid_12345", IsValidCodePage(12345));
    SAY("info_949", GetCPInfo(949, &about));
    SAY_VALUE("info_949_most", about.MaxCharSize);
    SAY("info_utf8", GetCPInfo(CP_UTF8, &about));
    SAY_VALUE("info_utf8_most", about.MaxCharSize);
    SAY("info_bad", GetCPInfo(12345, &about));
    SAY("info_null", GetCPInfo(949, NULL));
    SAY("lead_byte_949", IsDBCSLeadByteEx(949, 0xC7));
    SAY("lead_byte_949_ascii", IsDBCSLeadByteEx(949, 'a'));
}

static void strings(void)
{
    char buffer[16];
    WCHAR wide[16];

    SAY_VALUE("length", lstrlenA("abc"));
    SAY_VALUE("length_null", lstrlenA(NULL));
    SAY_VALUE("length_wide_null", lstrlenW(NULL));
    SAY_VALUE("copy_null", lstrcpyA(buffer, NULL) == NULL);
    SAY_VALUE("copy_part", lstrcpynA(buffer, "abcdef", 4) == buffer);
    say_text("copy_part_text", buffer);
    SAY_VALUE("join", lstrcatA(buffer, "xy") == buffer);
    say_text("join_text", buffer);
    SAY_VALUE("compare_less", lstrcmpA("a", "b"));
    SAY_VALUE("compare_case", lstrcmpA("a", "A"));
    SAY_VALUE("compare_ignoring_case", lstrcmpiA("abc", "ABC"));
    SAY_VALUE("compare_wide", lstrcmpW(L"b", L"a"));
    SAY_VALUE("compare_null", lstrcmpA(NULL, "a"));
    SAY_VALUE("compare_nulls", lstrcmpA(NULL, NULL));
    SAY_NUMBER("compare_string", CompareStringW(LOCALE_INVARIANT, 0, L"a", -1, L"b", -1));
    SAY_NUMBER("compare_string_equal", CompareStringW(LOCALE_INVARIANT, NORM_IGNORECASE, L"aB", -1, L"Ab", -1));
    SAY_NUMBER("compare_string_null", CompareStringW(LOCALE_INVARIANT, 0, NULL, -1, L"b", -1));
    SAY_NUMBER("compare_ordinal", CompareStringOrdinal(L"a", -1, L"B", -1, FALSE));
    SAY_NUMBER("compare_ordinal_case", CompareStringOrdinal(L"a", -1, L"B", -1, TRUE));
    SAY_NUMBER("compare_ordinal_null", CompareStringOrdinal(NULL, -1, L"B", -1, TRUE));
    lstrcpyW(wide, L"a\xe9\x3c3z");
    CharUpperW(wide);
    say_wide("upper", wide);
    CharLowerW(wide);
    say_wide("lower", wide);
    SAY_VALUE("upper_one", (ULONG_PTR)CharUpperW((LPWSTR)(ULONG_PTR)0xE9));
    SAY_VALUE("upper_count", CharUpperBuffW(wide, 2));
    say_wide("upper_two", wide);
    SAY_VALUE("next_at_end", *CharNextW(L""));
    SAY_VALUE("muldiv", MulDiv(7, 3, 2));
    SAY_VALUE("muldiv_negative", MulDiv(-7, 3, 2));
    SAY_VALUE("muldiv_zero", MulDiv(1, 1, 0));
    SAY_VALUE("muldiv_over", MulDiv(0x7FFFFFFF, 2, 1));
}

static void messages(void)
{
    char buffer[128];
    DWORD_PTR arguments[] = {(DWORD_PTR)"one", (DWORD_PTR)"two", 42};
    DWORD flags = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY;
    char *made = NULL;

    SAY_NUMBER("format", FormatMessageA(flags, "%1 and %2", 0, 0, buffer, sizeof(buffer), (va_list *)arguments));
    say_text("format_text", buffer);
    SAY_NUMBER("format_swapped", FormatMessageA(flags, "%2%1%%%!", 0, 0, buffer, sizeof(buffer), (va_list *)arguments));
    say_text("format_swapped_text", buffer);
    SAY_NUMBER("format_number", FormatMessageA(flags, "%1 %3!d! %3!04X!", 0, 0, buffer, sizeof(buffer), (va_list *)arguments));
    say_text("format_number_text", buffer);
    SAY_NUMBER("format_lines", FormatMessageA(flags | FORMAT_MESSAGE_IGNORE_INSERTS, "a%nb%1", 0, 0, buffer, sizeof(buffer), NULL));
    SAY_NUMBER("format_no_end", FormatMessageA(flags, "end%0not this", 0, 0, buffer, sizeof(buffer), (va_list *)arguments));
    say_text("format_no_end_text", buffer);
    SAY_NUMBER("format_short", FormatMessageA(flags, "%1 and %2", 0, 0, buffer, 5, (va_list *)arguments));
    SAY_NUMBER("format_allocated", FormatMessageA(flags | FORMAT_MESSAGE_ALLOCATE_BUFFER, "%1!5s!", 0, 0, (char *)&made, 0, (va_list *)arguments));
    say_text("format_allocated_text", made);
    LocalFree(made);
    SAY_NUMBER("format_no_source", FormatMessageA(0, NULL, 5, 0, buffer, sizeof(buffer), NULL));
    SAY_NUMBER("format_unknown_error", FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x1234567, 0, buffer, sizeof(buffer), NULL));
    SAY_VALUE("format_known_error", FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 5, 0, buffer, sizeof(buffer), NULL) > 5);
    SAY_VALUE("error_ends_with_line_end", strcmp(buffer + strlen(buffer) - 2, "\r\n") == 0);
    SAY_NUMBER("format_empty", FormatMessageA(flags, "", 0, 0, buffer, sizeof(buffer), (va_list *)arguments));
}

static void times(void)
{
    SYSTEMTIME day = {2024, 2, 0, 29, 12, 30, 15, 250}, back;
    FILETIME time, later;
    ULARGE_INTEGER number;

    SAY("to_file_time", SystemTimeToFileTime(&day, &time));
    number.LowPart = time.dwLowDateTime, number.HighPart = time.dwHighDateTime;
    SAY_VALUE("file_time", number.QuadPart);
    SAY("back", FileTimeToSystemTime(&time, &back));
    SAY_VALUE("day_of_week", back.wDayOfWeek);
    SAY_VALUE("milliseconds", back.wMilliseconds);
    day.wMonth = 13;
    SAY("month_13", SystemTimeToFileTime(&day, &time));
    day.wMonth = 2, day.wYear = 2023;
    SAY("february_29", SystemTimeToFileTime(&day, &time));
    day.wYear = 1600, day.wDay = 1;
    SAY("year_1600", SystemTimeToFileTime(&day, &time));
    day.wYear = 2024, day.wHour = 24;
    SAY("hour_24", SystemTimeToFileTime(&day, &time));
    time.dwHighDateTime = 0x80000000, time.dwLowDateTime = 0;
    SAY("time_too_late", FileTimeToSystemTime(&time, &back));
    time.dwHighDateTime = 0, later.dwHighDateTime = 0, later.dwLowDateTime = 1;
    SAY("time_zero", FileTimeToSystemTime(&time, &back));
    SAY_VALUE("time_zero_year", back.wYear);
    SAY_VALUE("compare_earlier", CompareFileTime(&time, &later));
    SAY_VALUE("compare_same", CompareFileTime(&time, &time));
}

int main(void)
{
    code_pages();
    strings();
    messages();
    times();
    return 0;
}
