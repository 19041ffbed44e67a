/* value.c: single values as text. Numbers are made by hand: printf() asks the locale, and is slow
 * where a line has seventy of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "value.h"

#include <arpa/inet.h>
#include <string.h>

enum { DIGITS = 20, NS_DIGITS = 9 };

/** At least `least` digits. */
static void put_digits(GString *out, uint64_t number, unsigned least)
{
    char text[DIGITS];
    unsigned length = 0;

    while (number > 0 || length < least) {
        text[DIGITS - ++length] = (char)('0' + number % 10);
        number /= 10;
    }
    g_string_append_len(out, text + DIGITS - length, length);
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

static void put_fraction(GString *out, uint64_t units, unsigned decimals)
{
    uint64_t one = power_of_ten(decimals);

    put_digits(out, units / one, 1);
    if (decimals == 0)
        return;
    g_string_append_c(out, '.');
    put_digits(out, units % one, decimals);
}

void su_value_put_count(GString *out, uint64_t count)
{
    put_digits(out, count, 1);
}

void su_value_put_seconds(GString *out, int64_t ns)
{
    if (ns < 0)
        g_string_append_c(out, '-');
    put_fraction(out, magnitude(ns), NS_DIGITS);
}

void su_value_put_rounded(GString *out, int64_t ns, unsigned shift, unsigned decimals)
{
    uint64_t step = power_of_ten(NS_DIGITS - shift - decimals);
    uint64_t units = (magnitude(ns) + step / 2) / step;

    if (ns < 0 && units > 0)
        g_string_append_c(out, '-');
    put_fraction(out, units, decimals);
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

void su_value_put_address(GString *out, const struct su_cell *cell)
{
    char text[INET6_ADDRSTRLEN] = "";

    inet_ntop(cell->version == 4 ? AF_INET : AF_INET6, cell->address, text, sizeof(text));
    g_string_append(out, text);
}

const char *su_value_valid(const char *text, char **owned)
{
    *owned = NULL;
    if (g_utf8_validate(text, -1, NULL))
        return text;
    *owned = g_utf8_make_valid(text, -1);
    return *owned;
}
