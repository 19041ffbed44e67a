/* value.c: single values as text. Numbers are made by hand: printf() asks the locale, and is slow
 * where a line has seventy of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "value.h"

#include <arpa/inet.h>

#include "put.h"

enum { DIGITS = 20, NS_DIGITS = 9 };
_Static_assert(SU_VALUE_NUMBER_MAX >= DIGITS + 2, "a sign, all digits, and a point");

/** At least `least` digits, ending before `end`. Returns where they begin. */
static char *write_digits(char *end, uint64_t number, unsigned least)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    char *text = end;

    for (; number >= 100; number /= 100) {
        text -= 2;
        memcpy(text, pairs + 2 * (number % 100), 2);
    }
    for (; number > 0 || text + least > end; number /= 10)
        *--text = (char)('0' + number % 10);
    return text;
}

static void put_digits(GString *out, uint64_t number, unsigned least)
{
    char text[DIGITS];
    const char *begin = write_digits(text + DIGITS, number, least);

    su_put(out, begin, (size_t)(text + DIGITS - begin));
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static uint64_t power_of_ten(unsigned exponent)
{
    static const uint32_t powers[NS_DIGITS + 1] = {
        1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
    };

    return powers[exponent];
}

static char *write_fraction(char *end, uint64_t units, unsigned decimals)
{
    uint64_t one = power_of_ten(decimals);

    if (decimals > 0) {
        end = write_digits(end, units % one, decimals);
        *--end = '.';
    }
    return write_digits(end, units / one, 1);
}

char *su_value_write_count(char *end, uint64_t count)
{
    return write_digits(end, count, 1);
}

char *su_value_write_rounded(char *end, int64_t ns, unsigned shift, unsigned decimals)
{
    uint64_t step = power_of_ten(NS_DIGITS - shift - decimals);
    uint64_t units = (magnitude(ns) + step / 2) / step;
    char *begin = write_fraction(end, units, decimals);

    if (ns < 0 && units > 0)
        *--begin = '-';
    return begin;
}

void su_value_put_count(GString *out, uint64_t count)
{
    put_digits(out, count, 1);
}

void su_value_put_seconds(GString *out, int64_t ns)
{
    su_value_put_rounded(out, ns, 0, NS_DIGITS);
}

void su_value_put_rounded(GString *out, int64_t ns, unsigned shift, unsigned decimals)
{
    char text[SU_VALUE_NUMBER_MAX];
    char *end = text + sizeof(text);
    const char *begin = su_value_write_rounded(end, ns, shift, decimals);

    su_put(out, begin, (size_t)(end - begin));
}

/** A day of the Gregorian calendar. */
struct day {
    int64_t year;
    unsigned month, day;
};

/* Counted from the 1st of March of year 0, so that the leap day ends a year: then the months have
 * 31 30 31 30 31, 31 30 31 30 31, 31 days and what is left. */
static struct day day_of(int64_t days_since_epoch)
{
    enum { EPOCH = 719468, YEAR = 365, FOUR = 1461, CENTURY = 36524, ERA = 146097 };
    int64_t days = days_since_epoch + EPOCH;
    int64_t era = days / ERA;
    unsigned of_era = (unsigned)(days % ERA);
    unsigned century = MIN(of_era / CENTURY, 3);
    unsigned of_century = of_era - century * CENTURY;
    unsigned four = of_century / FOUR;
    unsigned of_four = of_century % FOUR;
    unsigned year = MIN(of_four / YEAR, 3);
    unsigned of_year = of_four - year * YEAR;
    unsigned month = (5 * of_year + 2) / 153;

    return (struct day){
        .year = era * 400 + century * 100 + four * 4 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = of_year - (153 * month + 2) / 5 + 1,
    };
}

static void put_time(GString *out, int64_t ns, char between, unsigned decimals)
{
    enum { DAY = 86400 };
    int64_t rest = ns % SU_NS_PER_S;
    int64_t seconds = ns / SU_NS_PER_S - (rest < 0);
    uint64_t fraction = (uint64_t)(rest < 0 ? rest + SU_NS_PER_S : rest);
    int64_t days = seconds / DAY - (seconds % DAY < 0);
    uint64_t of_day = (uint64_t)(seconds - days * DAY);
    struct day day = day_of(days);

    put_digits(out, (uint64_t)day.year, 4);
    g_string_append_c(out, '-');
    put_digits(out, day.month, 2);
    g_string_append_c(out, '-');
    put_digits(out, day.day, 2);
    g_string_append_c(out, between);
    put_digits(out, of_day / 3600, 2);
    g_string_append_c(out, ':');
    put_digits(out, of_day / 60 % 60, 2);
    g_string_append_c(out, ':');
    put_digits(out, of_day % 60, 2);
    if (decimals == 0)
        return;
    g_string_append_c(out, '.');
    put_digits(out, fraction / power_of_ten(NS_DIGITS - decimals), decimals);
}

void su_value_put_stamp(GString *out, int64_t ns)
{
    put_time(out, ns, 'T', NS_DIGITS);
    g_string_append_c(out, 'Z');
}

void su_value_put_clock(GString *out, int64_t ns, unsigned decimals)
{
    put_time(out, ns, ' ', decimals);
}

static void put_ipv4(GString *out, const uint8_t *octets)
{
    char text[INET_ADDRSTRLEN];
    char *end = text + sizeof(text);
    char *begin = write_digits(end, octets[3], 1);

    for (int i = 2; i >= 0; i--) {
        *--begin = '.';
        begin = write_digits(begin, octets[i], 1);
    }
    su_put(out, begin, (size_t)(end - begin));
}

void su_value_put_address(GString *out, const struct su_cell *cell)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (cell->version == 4) {
        put_ipv4(out, cell->address);
        return;
    }
    inet_ntop(AF_INET6, cell->address, text, sizeof(text));
    su_put(out, text, strlen(text));
}

const char *su_value_valid(const char *text, char **owned)
{
    *owned = NULL;
    if (g_utf8_validate(text, -1, NULL))
        return text;
    *owned = g_utf8_make_valid(text, -1);
    return *owned;
}
