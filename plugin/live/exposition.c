/* exposition.c: Prometheus' text format. Label values are the only text that users have a say in:
 * valid UTF-8 already, with three characters to be escaped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "exposition.h"

#include "render/value.h"

void su_metric_head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void put_escaped(GString *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            g_string_append(out, "\\n");
            continue;
        }
        if (*text == '\\' || *text == '"')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *text);
    }
}

static void put_name(GString *out, const char *name, const char *const *labels)
{
    g_string_append(out, name);
    for (const char *const *label = labels; label && *label; label += 2) {
        g_string_append_printf(out, "%c%s=\"", label == labels ? '{' : ',', label[0]);
        put_escaped(out, label[1]);
        g_string_append_c(out, '"');
    }
    g_string_append(out, labels ? "} " : " ");
}

void su_metric_line(GString *out, const char *name, const char *const *labels, uint64_t value)
{
    put_name(out, name, labels);
    su_value_put_count(out, value);
    g_string_append_c(out, '\n');
}

void su_metric_seconds(GString *out, const char *name, int64_t ns)
{
    put_name(out, name, NULL);
    su_value_put_seconds(out, ns);
    g_string_append_c(out, '\n');
}

void su_metric_one(GString *out, const char *name, const char *help, uint64_t value)
{
    su_metric_head(out, name, "counter", help);
    su_metric_line(out, name, NULL, value);
}

void su_metric_put_seconds(GString *out, int64_t ns)
{
    su_value_put_seconds(out, ns);
    while (out->str[out->len - 1] == '0')
        g_string_truncate(out, out->len - 1);
    if (out->str[out->len - 1] == '.')
        g_string_truncate(out, out->len - 1);
}
