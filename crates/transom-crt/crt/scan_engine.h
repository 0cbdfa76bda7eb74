/* Reading by formats as MSVC understands them. Included twice, as format_engine.h is. */

static int NAME(next)(struct NAME(source) *from)
{
    from->taken++;
    if (from->text) {
        if (from->left == 0 || *from->text == 0) {
            from->ended++;
            return END;
        }
        from->left--;
        return (UNIT)*from->text++;
    }
    int c = (int)STREAM_GET(from->stream);
    if (c == END)
        from->ended++;
    return c;
}

static void NAME(back)(struct NAME(source) *from, int c)
{
    from->taken--;
    if (c == END)
        return;
    if (from->text) {
        from->text--;
        from->left++;
    } else {
        STREAM_UNGET(c, from->stream);
    }
}

static int NAME(is_space)(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Where the characters of %s, %c and %[ go: as they are, or converted. */
static int NAME(put)(struct target *to, int c)
{
    if (to->is_wide) {
        wchar_t units[2];
        size_t count = 1;
#if WIDE
        units[0] = (wchar_t)c;
#else
        to->pending[to->pending_count++] = (char)c;
        unsigned char first = (unsigned char)to->pending[0];
        int need = first < 0xC0 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (to->pending_count < need)
            return 0;
        count = transom_utf16_from_utf8(to->pending, (size_t)to->pending_count, NULL);
        if (count > 2)
            return -1;
        transom_utf16_from_utf8(to->pending, (size_t)to->pending_count, units);
        to->pending_count = 0;
#endif
        if (to->length + count > to->room)
            return -1;
        if (to->wide)
            memcpy(to->wide + to->length, units, count * sizeof(wchar_t));
        to->length += count;
    } else {
        char bytes[4];
        size_t count = 1;
#if WIDE
        /* The two halves of a character beyond 16 bits come one after the other. */
        wchar_t units[2];
        size_t halves = 0;
        if (to->high)
            units[halves++] = to->high;
        units[halves++] = (wchar_t)c;
        to->high = 0;
        if (halves == 1 && c >= 0xD800 && c <= 0xDBFF) {
            to->high = (wchar_t)c;
            return 0;
        }
        count = transom_utf8_from_utf16(units, halves, NULL);
        if (count > sizeof bytes)
            return -1;
        transom_utf8_from_utf16(units, halves, bytes);
#else
        bytes[0] = (char)c;
#endif
        if (to->length + count > to->room)
            return -1;
        if (to->narrow)
            memcpy(to->narrow + to->length, bytes, count);
        to->length += count;
    }
    return 0;
}

/* Reads digits; 0 if there are none. */
static int NAME(integer)(struct NAME(source) *from, int base, long width, uint64_t *value, int *negative)
{
    int c = NAME(next)(from), digits = 0;
    *value = 0;
    *negative = 0;
    if ((c == '+' || c == '-') && width > 1) {
        *negative = c == '-';
        width--;
        c = NAME(next)(from);
    }
    if (c == '0' && width > 0 && (base == 0 || base == 16)) {
        digits = 1;
        width--;
        c = NAME(next)(from);
        if (width > 0 && (c == 'x' || c == 'X')) {
            base = 16;
            width--;
            c = NAME(next)(from);
        } else if (base == 0) {
            base = 8;
        }
    }
    if (base == 0)
        base = 10;
    for (; width > 0; width--, c = NAME(next)(from)) {
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
        if (digit >= base)
            break;
        *value = *value * (unsigned)base + (unsigned)digit;
        digits++;
    }
    NAME(back)(from, c);
    return digits;
}

/* Collects digits, of base 16 or 10; whether there are any. */
static int NAME(digits)(struct NAME(source) *from, int *c, long *width, int base, struct collected *to)
{
    int any = 0;
    for (; *width > 0; --*width, *c = NAME(next)(from), any = 1) {
        int is_digit = *c >= '0' && *c <= '9';
        if (!is_digit && (base == 10 || !((*c >= 'a' && *c <= 'f') || (*c >= 'A' && *c <= 'F'))))
            break;
        collect(to, *c);
    }
    return any;
}

/* Collects letters, in either case; whether all of them are there. */
static int NAME(letters)(struct NAME(source) *from, int *c, long *width, const char *letters, struct collected *to)
{
    for (; *letters; letters++, --*width, *c = NAME(next)(from)) {
        if (*width <= 0 || (*c | 0x20) != *letters)
            return 0;
        collect(to, *c);
    }
    return 1;
}

/* Collects a floating-point number, as strtod has it; whether it is one. What was begun, as an exponent, is to be
   complete. */
static int NAME(floating)(struct NAME(source) *from, long width, struct collected *to)
{
    int c = NAME(next)(from), base = 10, ok;
    to->length = 0;
    if ((c == '+' || c == '-') && width > 0) {
        collect(to, c);
        width--;
        c = NAME(next)(from);
    }
    if (c == 'i' || c == 'I') {
        ok = NAME(letters)(from, &c, &width, "inf", to);
        if (ok && width > 0 && (c | 0x20) == 'i')
            ok = NAME(letters)(from, &c, &width, "inity", to);
    } else if (c == 'n' || c == 'N') {
        ok = NAME(letters)(from, &c, &width, "nan", to);
        if (ok && width > 0 && c == '(') {
            /* Which one it is, is of no use. */
            while (width > 0 && c != ')' && c != END) {
                width--;
                c = NAME(next)(from);
            }
            ok = width > 0 && c == ')';
            if (ok)
                c = NAME(next)(from);
        }
    } else {
        ok = 0;
        if (c == '0' && width > 0) {
            collect(to, c);
            width--;
            c = NAME(next)(from);
            ok = 1;
            if (width > 0 && (c == 'x' || c == 'X')) {
                collect(to, c);
                width--;
                c = NAME(next)(from);
                base = 16;
                ok = 0;
            }
        }
        ok |= NAME(digits)(from, &c, &width, base, to);
        if (c == '.' && width > 0) {
            collect(to, c);
            width--;
            c = NAME(next)(from);
            ok |= NAME(digits)(from, &c, &width, base, to);
        }
        if (ok && width > 0 && (c | 0x20) == (base == 16 ? 'p' : 'e')) {
            collect(to, c);
            width--;
            c = NAME(next)(from);
            if (width > 0 && (c == '+' || c == '-')) {
                collect(to, c);
                width--;
                c = NAME(next)(from);
            }
            ok = NAME(digits)(from, &c, &width, 10, to);
        }
    }
    NAME(back)(from, c);
    to->text[to->length] = 0;
    return ok;
}

static int SCAN(struct NAME(source) *from, const CH *format, va_list given, int secure)
{
    va_list arguments;
    va_copy(arguments, given);
    int assigned = 0, matched = 1, directives = 0;
    while (*format && matched) {
        if (NAME(is_space)(*format)) {
            while (NAME(is_space)(*format))
                format++;
            int c;
            while (NAME(is_space)(c = NAME(next)(from)))
                ;
            NAME(back)(from, c);
            continue;
        }
        if (*format != '%' || format[1] == '%') {
            if (*format == '%') {
                format++;
                int c;
                while (NAME(is_space)(c = NAME(next)(from)))
                    ;
                NAME(back)(from, c);
            }
            int c = NAME(next)(from);
            if (c != (int)(UNIT)*format) {
                NAME(back)(from, c);
                break;
            }
            format++;
            continue;
        }
        format++;
        int store = 1;
        long width = 0;
        enum size size = SIZE_DEFAULT;
        if (*format == '*') {
            store = 0;
            format++;
        }
        for (; *format >= '0' && *format <= '9'; format++)
            if (width < INT_MAX / 16)
                width = width * 10 + (*format - '0');
        for (int more = 1; more;) {
            switch (*format) {
            case 'h':
                size = size == SIZE_SHORT ? SIZE_CHAR : SIZE_SHORT;
                break;
            case 'l':
                size = size == SIZE_LONG ? SIZE_64 : SIZE_LONG;
                break;
            case 'w':
                size = SIZE_LONG;
                break;
            case 'j': case 'z': case 't': case 'q':
                size = SIZE_64;
                break;
            case 'L':
                size = SIZE_LONG_DOUBLE;
                break;
            case 'I':
                if (format[1] == '3' && format[2] == '2') {
                    format += 2;
                } else {
                    size = SIZE_64;
                    if (format[1] == '6' && format[2] == '4')
                        format += 2;
                }
                break;
            default:
                more = 0;
                continue;
            }
            format++;
        }
        int type = (int)(UNIT)*format;
        if (!type)
            break;
        format++;
        if (type != 'c' && type != 'C' && type != '[' && type != 'n') {
            int c;
            while (NAME(is_space)(c = NAME(next)(from)))
                ;
            NAME(back)(from, c);
            from->ended = 0;
        }
        switch (type) {
        case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': case 'p': {
            uint64_t value;
            int negative;
            int base = type == 'i' ? 0 : type == 'o' ? 8 : type == 'd' || type == 'u' ? 10 : 16;
            directives++;
            if (!NAME(integer)(from, base, width ? width : INT_MAX, &value, &negative)) {
                matched = 0;
                break;
            }
            if (negative)
                value = -value;
            if (!store)
                break;
            if (type == 'p' || size == SIZE_64 || size == SIZE_LONG_DOUBLE)
                *va_arg(arguments, uint64_t *) = value;
            else if (size == SIZE_SHORT)
                *va_arg(arguments, uint16_t *) = (uint16_t)value;
            else if (size == SIZE_CHAR)
                *va_arg(arguments, uint8_t *) = (uint8_t)value;
            else
                *va_arg(arguments, uint32_t *) = (uint32_t)value;
            assigned++;
            break;
        }
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'a': case 'A': {
            struct collected number;
            const char *text = number.text;
            directives++;
            if (!NAME(floating)(from, width ? width : INT_MAX, &number)) {
                matched = 0;
                break;
            }
            if (!store)
                break;
            if (size == SIZE_LONG_DOUBLE)
                *va_arg(arguments, long double *) = strtold(text, NULL);
            else if (size == SIZE_LONG || size == SIZE_64)
                *va_arg(arguments, double *) = strtod(text, NULL);
            else
                *va_arg(arguments, float *) = strtof(text, NULL);
            assigned++;
            break;
        }
        case 'c': case 'C': case 's': case 'S': case '[': {
            int plain = type == 'c' || type == 's' || type == '[';
            struct target to = {.room = (size_t)INT_MAX};
            to.is_wide = size == SIZE_SHORT ? 0 : size == SIZE_LONG ? 1 : plain == WIDE;
            const CH *set = format, *set_end = format;
            int inverted = 0;
            directives++;
            if (type == '[') {
                if (*set == '^') {
                    inverted = 1;
                    set++;
                }
                set_end = set;
                if (*set_end == ']')
                    set_end++;
                while (*set_end && *set_end != ']')
                    set_end++;
                format = *set_end ? set_end + 1 : set_end;
            }
            if (store) {
                void *pointer = va_arg(arguments, void *);
                to.narrow = to.is_wide ? NULL : pointer;
                to.wide = to.is_wide ? pointer : NULL;
                if (secure)
                    to.room = va_arg(arguments, unsigned);
            }
            int is_character = type == 'c' || type == 'C';
            long most = width ? width : is_character ? 1 : INT_MAX, count = 0;
            if (!is_character) {
                /* A place for the terminator. */
                if (to.room == 0)
                    matched = 0;
                else
                    to.room--;
            }
            int overflow = !matched;
            while (matched && count < most) {
                int c = NAME(next)(from);
                int fits = c != END;
                if (fits && !is_character) {
                    if (type == '[') {
                        int in = 0;
                        for (const CH *at = set; at < set_end && !in; at++) {
                            if (at + 2 < set_end && at[1] == '-') {
                                int first = (int)(UNIT)at[0], last = (int)(UNIT)at[2];
                                in = first <= last ? c >= first && c <= last : c >= last && c <= first;
                                at += 2;
                            } else {
                                in = c == (int)(UNIT)*at;
                            }
                        }
                        fits = in != inverted;
                    } else {
                        fits = !NAME(is_space)(c);
                    }
                }
                if (!fits) {
                    NAME(back)(from, c);
                    break;
                }
                count++;
                if (NAME(put)(&to, c) != 0) {
                    overflow = 1;
                    break;
                }
            }
            if (overflow || count == 0 || (is_character && count < most)) {
                if (overflow && store) {
                    if (to.narrow && (is_character ? to.room : 1))
                        to.narrow[0] = 0;
                    if (to.wide && (is_character ? to.room : 1))
                        to.wide[0] = 0;
                    errno = ENOMEM;
                }
                matched = 0;
                break;
            }
            if (store) {
                if (!is_character) {
                    if (to.narrow)
                        to.narrow[to.length] = 0;
                    if (to.wide)
                        to.wide[to.length] = 0;
                }
                assigned++;
            }
            break;
        }
        case 'n':
            if (store) {
                int32_t taken = (int32_t)from->taken;
                if (size == SIZE_64)
                    *va_arg(arguments, int64_t *) = from->taken;
                else if (size == SIZE_SHORT)
                    *va_arg(arguments, int16_t *) = (int16_t)taken;
                else
                    *va_arg(arguments, int32_t *) = taken;
            }
            break;
        default:
            matched = 0;
        }
    }
    va_end(arguments);
    /* The input ended before anything was converted. */
    return assigned == 0 && from->ended && (!matched || directives == 0) ? EOF : assigned;
}
