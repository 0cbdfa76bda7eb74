/* Formats as MSVC understands them. Included twice: CH, TEXT_TYPE, FORMAT, GROW, FREE and WIDE say for
   which kind of character. */

/* Makes room for `more` characters; NULL if there is no memory or the text would be too long. */
static CH *GROW(struct TEXT_TYPE *to, size_t more)
{
    if (to->failed)
        return NULL;
    if (more > (size_t)INT_MAX - 1 - to->length) {
        to->failed = EOVERFLOW;
        return NULL;
    }
    if (to->length + more + 1 > to->room) {
        size_t room = to->room * 2 > to->length + more + 1 ? to->room * 2 : to->length + more + 1;
        CH *data = to->data == to->own ? malloc(room * sizeof(CH)) : realloc(to->data, room * sizeof(CH));
        if (!data) {
            to->failed = ENOMEM;
            return NULL;
        }
        if (to->data == to->own)
            memcpy(data, to->own, to->length * sizeof(CH));
        to->data = data;
        to->room = room;
    }
    CH *at = to->data + to->length;
    to->length += more;
    return at;
}

void FREE(struct TEXT_TYPE *text)
{
    if (text->data != text->own)
        free(text->data);
}

static void NAME(fill)(struct TEXT_TYPE *to, CH c, long count)
{
    if (count <= 0)
        return;
    CH *at = GROW(to, (size_t)count);
    for (long i = 0; at && i < count; i++)
        at[i] = c;
}

static void NAME(ascii)(struct TEXT_TYPE *to, const char *text, size_t length)
{
    CH *at = GROW(to, length);
    for (size_t i = 0; at && i < length; i++)
        at[i] = (CH)(unsigned char)text[i];
}

static void NAME(narrow)(struct TEXT_TYPE *to, const char *text, size_t bytes)
{
#if WIDE
    CH *at = GROW(to, transom_utf16_from_utf8(text, bytes, NULL));
    if (at)
        transom_utf16_from_utf8(text, bytes, at);
#else
    CH *at = GROW(to, bytes);
    if (at)
        memcpy(at, text, bytes);
#endif
}

static void NAME(wide)(struct TEXT_TYPE *to, const wchar_t *text, size_t units)
{
#if WIDE
    CH *at = GROW(to, units);
    if (at)
        memcpy(at, text, units * sizeof(wchar_t));
#else
    CH *at = GROW(to, transom_utf8_from_utf16(text, units, NULL));
    if (at)
        transom_utf8_from_utf16(text, units, at);
#endif
}

/* A whole number: sign or prefix, zeros, digits, and spaces or zeros around. */
static void NAME(integer)(struct TEXT_TYPE *to, const struct directive *d, uint64_t value, int negative)
{
    char digits[72];
    size_t count = 0;
    unsigned base = d->type == 'o' ? 8 : d->type == 'x' || d->type == 'X' || d->type == 'p' ? 16 : 10;
    const char *letters = d->type == 'X' || d->type == 'p' ? "0123456789ABCDEF" : "0123456789abcdef";
    for (uint64_t rest = value; rest; rest /= base)
        digits[sizeof digits - ++count] = letters[rest % base];
    long precision = d->precision < 0 ? 1 : d->precision;
    const char *prefix = "";
    if (negative)
        prefix = "-";
    else if (base == 10 && d->type != 'u')
        prefix = d->plus ? "+" : d->space ? " " : "";
    else if (d->alternative && value && base == 16)
        prefix = d->type == 'x' ? "0x" : "0X";
    if (d->alternative && base == 8 && precision <= (long)count)
        precision = (long)count + 1;
    long zeros = precision > (long)count ? precision - (long)count : 0;
    long padding = d->width - (long)strlen(prefix) - zeros - (long)count;
    if (padding > 0 && d->zero && !d->left && d->precision < 0) {
        zeros += padding;
        padding = 0;
    }
    if (!d->left)
        NAME(fill)(to, ' ', padding);
    NAME(ascii)(to, prefix, strlen(prefix));
    NAME(fill)(to, '0', zeros);
    NAME(ascii)(to, digits + sizeof digits - count, count);
    if (d->left)
        NAME(fill)(to, ' ', padding);
}

/* What is no number, with the one that an invalid operation makes told apart. */
static void NAME(no_number)(struct TEXT_TYPE *to, const struct directive *d, double value)
{
    int is_upper = d->type < 'a', negative = signbit(value) != 0;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const char *text = bits == 0xFFF8000000000000u ? is_upper ? "NAN(IND)" : "nan(ind)" : is_upper ? "NAN" : "nan";
    char sign = negative ? '-' : d->plus ? '+' : ' ';
    int has_sign = negative || d->plus || d->space;
    long padding = d->width - (long)strlen(text) - has_sign;
    if (!d->left)
        NAME(fill)(to, ' ', padding);
    NAME(ascii)(to, &sign, (size_t)has_sign);
    NAME(ascii)(to, text, strlen(text));
    if (d->left)
        NAME(fill)(to, ' ', padding);
}

/* A floating-point number is the C library's work. */
static void NAME(floating)(struct TEXT_TYPE *to, const struct directive *d, long double value)
{
    if (isnan(value)) {
        NAME(no_number)(to, d, (double)value);
        return;
    }
    /* MSVC shows all of a double's hexadecimal digits, and its long double is a double. */
    int is_hexadecimal = d->type == 'a' || d->type == 'A';
    int is_long = d->size == SIZE_LONG_DOUBLE && !is_hexadecimal;
    char format[16], small[128], *text = small;
    int at = 0;
    format[at++] = '%';
    if (d->left)
        format[at++] = '-';
    if (d->plus)
        format[at++] = '+';
    if (d->space)
        format[at++] = ' ';
    if (d->alternative)
        format[at++] = '#';
    if (d->zero)
        format[at++] = '0';
    memcpy(format + at, "*.*", 3);
    at += 3;
    if (is_long)
        format[at++] = 'L';
    format[at++] = (char)d->type;
    format[at] = 0;
    int width = (int)d->width, precision = (int)d->precision;
    if (is_hexadecimal && precision < 0)
        precision = 13;
    for (int room = sizeof small;;) {
        int length = is_long
            ? snprintf(text, (size_t)room, format, width, precision, value)
            : snprintf(text, (size_t)room, format, width, precision, (double)value);
        if (length < 0) {
            to->failed = errno;
            break;
        }
        if (length < room) {
            NAME(ascii)(to, text, (size_t)length);
            break;
        }
        room = length + 1;
        text = malloc((size_t)room);
        if (!text) {
            to->failed = ENOMEM;
            return;
        }
    }
    if (text != small)
        free(text);
}

/* The text between padding: converted aside where its length is not its own. */
static void NAME(string)(struct TEXT_TYPE *to, const struct directive *d, const void *text, int is_wide)
{
    struct TEXT_TYPE aside;
    aside.data = aside.own;
    aside.length = 0;
    aside.room = sizeof aside.own / sizeof aside.own[0];
    aside.failed = 0;
    size_t most = d->precision < 0 ? (size_t)INT_MAX : (size_t)d->precision;
    if (!text) {
        text = "(null)";
        is_wide = 0;
    }
    if (is_wide)
        NAME(wide)(&aside, text, CRT(wcsnlen)(text, most));
    else
        NAME(narrow)(&aside, text, strnlen(text, most));
    long padding = d->width - (long)aside.length;
    if (!d->left)
        NAME(fill)(to, d->zero ? '0' : ' ', padding);
    CH *at = aside.failed ? NULL : GROW(to, aside.length);
    if (at)
        memcpy(at, aside.data, aside.length * sizeof(CH));
    if (aside.failed)
        to->failed = aside.failed;
    if (d->left)
        NAME(fill)(to, ' ', padding);
    FREE(&aside);
}

static void NAME(character)(struct TEXT_TYPE *to, const struct directive *d, int c, int is_wide)
{
    if (!d->left)
        NAME(fill)(to, d->zero ? '0' : ' ', d->width - 1);
    if (is_wide) {
        wchar_t unit = (wchar_t)c;
        NAME(wide)(to, &unit, 1);
    } else {
#if WIDE
        NAME(fill)(to, (CH)(unsigned char)c, 1);
#else
        NAME(fill)(to, (CH)c, 1);
#endif
    }
    if (d->left)
        NAME(fill)(to, ' ', d->width - 1);
}

void FORMAT(struct TEXT_TYPE *to, const CH *format, va_list given)
{
    va_list arguments;
    va_copy(arguments, given);
    to->data = to->own;
    to->length = 0;
    to->room = sizeof to->own / sizeof to->own[0];
    to->failed = 0;
    while (*format && !to->failed) {
        const CH *plain = format;
        while (*format && *format != '%')
            format++;
        if (format != plain) {
            CH *at = GROW(to, (size_t)(format - plain));
            if (at)
                memcpy(at, plain, (size_t)(format - plain) * sizeof(CH));
            continue;
        }
        const CH *start = format++;
        struct directive d = {.precision = -1};
        for (;; format++) {
            if (*format == '-')
                d.left = 1;
            else if (*format == '+')
                d.plus = 1;
            else if (*format == ' ')
                d.space = 1;
            else if (*format == '#')
                d.alternative = 1;
            else if (*format == '0')
                d.zero = 1;
            else
                break;
        }
        if (*format == '*') {
            d.width = va_arg(arguments, int);
            if (d.width < 0) {
                d.left = 1;
                d.width = -d.width;
            }
            format++;
        } else {
            for (; *format >= '0' && *format <= '9'; format++)
                if (d.width < INT_MAX / 16)
                    d.width = d.width * 10 + (*format - '0');
        }
        if (*format == '.') {
            d.precision = 0;
            if (*++format == '*') {
                d.precision = va_arg(arguments, int);
                format++;
            } else {
                for (; *format >= '0' && *format <= '9'; format++)
                    if (d.precision < INT_MAX / 16)
                        d.precision = d.precision * 10 + (*format - '0');
            }
            if (d.precision < 0)
                d.precision = -1;
        }
        for (int more = 1; more;) {
            switch (*format) {
            case 'h':
                d.size = d.size == SIZE_SHORT ? SIZE_CHAR : SIZE_SHORT;
                break;
            case 'l':
                d.size = d.size == SIZE_LONG ? SIZE_64 : SIZE_LONG;
                break;
            case 'w':
                d.size = SIZE_LONG;
                break;
            case 'T':
                d.size = WIDE ? SIZE_LONG : SIZE_SHORT;
                break;
            case 'j': case 'z': case 't': case 'q':
                d.size = SIZE_64;
                break;
            case 'L':
                d.size = SIZE_LONG_DOUBLE;
                break;
            case 'I':
                if (format[1] == '6' && format[2] == '4') {
                    d.size = SIZE_64;
                    format += 2;
                } else if (format[1] == '3' && format[2] == '2') {
                    d.size = SIZE_DEFAULT;
                    format += 2;
                } else {
                    d.size = SIZE_64;
                }
                break;
            default:
                more = 0;
                continue;
            }
            format++;
        }
        d.type = *format;
        if (d.type)
            format++;
        switch (d.type) {
        case 'd': case 'i': {
            int64_t value = d.size == SIZE_64 || d.size == SIZE_LONG_DOUBLE ? va_arg(arguments, long long)
                                                                           : va_arg(arguments, int);
            if (d.size == SIZE_SHORT)
                value = (short)value;
            else if (d.size == SIZE_CHAR)
                value = (signed char)value;
            NAME(integer)(to, &d, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
            break;
        }
        case 'u': case 'o': case 'x': case 'X': {
            uint64_t value = d.size == SIZE_64 || d.size == SIZE_LONG_DOUBLE
                ? va_arg(arguments, unsigned long long)
                : va_arg(arguments, unsigned);
            if (d.size == SIZE_SHORT)
                value = (unsigned short)value;
            else if (d.size == SIZE_CHAR)
                value = (unsigned char)value;
            NAME(integer)(to, &d, value, 0);
            break;
        }
        case 'p':
            d.precision = 16;
            NAME(integer)(to, &d, (uint64_t)(uintptr_t)va_arg(arguments, void *), 0);
            break;
        case 'c': case 'C': {
            int is_wide = d.size == SIZE_SHORT ? 0 : d.size == SIZE_LONG ? 1 : (d.type == 'c') == WIDE;
            NAME(character)(to, &d, va_arg(arguments, int), is_wide);
            break;
        }
        case 's': case 'S': {
            int is_wide = d.size == SIZE_SHORT ? 0 : d.size == SIZE_LONG ? 1 : (d.type == 's') == WIDE;
            NAME(string)(to, &d, va_arg(arguments, const void *), is_wide);
            break;
        }
        case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'a': case 'A':
            if (d.size == SIZE_LONG_DOUBLE)
                NAME(floating)(to, &d, va_arg(arguments, long double));
            else
                NAME(floating)(to, &d, va_arg(arguments, double));
            break;
        case 'n':
            /* As in MSVC, where it is off: it takes its argument and writes nowhere. */
            (void)va_arg(arguments, void *);
            break;
        case '%':
            NAME(fill)(to, '%', 1);
            break;
        default: {
            /* No directive: shown as it stands, without the percent sign. */
            const CH *from = start + 1;
            CH *at = GROW(to, (size_t)(format - from));
            if (at)
                memcpy(at, from, (size_t)(format - from) * sizeof(CH));
        }
        }
    }
    to->data[to->length] = 0;
    va_end(arguments);
}
