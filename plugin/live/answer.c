/* answer.c: questions and answers, as -z sockusage,serve gives them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer.h"

#include <string.h>
#include <unistd.h>

#include "adapter/clock.h"
#include "render/json_row.h"
#include "render/value.h"
#include "render/writer.h"

enum { LIMIT = 100, LIMIT_MAX = 500, WORDS = 8 };

struct su_answers {
    struct su_ledger *ledger;
    const struct su_report *handshakes;
    GArray *baseline; /* uint64_t: what the last REFRESH took, row by row, by column */
    char *instance;   /* differs from that of every other server, before or after */
};

/** A question that was understood. */
struct question {
    const struct su_report *report;
    uint64_t since;
    guint limit;
};

static const char help[] =
    "One line is a question. Its answer is JSON, and the end of the connection the answer's end.\n"
    "\n"
    "  GET                       handshakes for each named filter, since the capture began\n"
    "  REFRESH                   the same, since the last REFRESH of anybody\n"
    "  GET REPORT [since=N] [limit=N]\n"
    "                            lines of a report: hosts, services, states, handshakes, totals,\n"
    "                            flows. With since, those that have changed after the answer\n"
    "                            whose \"sequence\" was N. If \"more\" is true, ask again with\n"
    "                            since=<sequence>. limit: 1 to 500 lines, default 100.\n"
    "  HELP                      this\n";

/* ---- words -------------------------------------------------------------------------------- */

static void put_error(GString *out, const char *text)
{
    g_string_append(out, "{\"error\":");
    su_json_put_string(out, text);
    g_string_append(out, "}\n");
}

static bool read_number(const char *word, const char *name, uint64_t least, uint64_t most,
                        uint64_t *number)
{
    size_t length = strlen(name);

    return strncmp(word, name, length) == 0 && word[length] == '=' &&
           g_ascii_string_to_unsigned(word + length + 1, 10, least, most, number, NULL);
}

/* NULL, or what is wrong. */
static const char *read_options(char *const *words, struct question *question)
{
    for (; *words; words++) {
        uint64_t number;

        if (read_number(*words, "since", 0, UINT64_MAX, &number))
            question->since = number;
        else if (read_number(*words, "limit", 1, LIMIT_MAX, &number))
            question->limit = (guint)number;
        else
            return "what comes after the report is since=N and limit=N (1 to 500)";
    }
    return NULL;
}

static const char *read_question(const struct su_answers *answers, char *const *words,
                                 struct question *question)
{
    *question = (struct question){.report = su_report_find(words[0]), .limit = LIMIT};
    if (!question->report || (!su_ledger_rows(answers->ledger, question->report) &&
                              question->report != su_report_find("flows")))
        return "there is no such report; there are: hosts, services, states, handshakes, totals, "
               "flows";
    return read_options(words + 1, question);
}

/* ---- reports ------------------------------------------------------------------------------ */

static void put_flow(GString *out, const struct su_json_layout *layout, const struct su_flow *flow)
{
    struct su_view view;
    const struct su_source source = {.view = &view};
    struct su_line line;

    su_flow_view(flow, &view);
    layout->report->fill(&source, 0, &line);
    su_json_put_row(out, layout, line.cells);
}

static void put_lines(GString *out, const struct su_answers *answers,
                      const struct su_report *report, const struct su_ledger_part *part)
{
    const struct su_rows *rows = su_ledger_rows(answers->ledger, report);
    struct su_json_layout layout;

    su_json_layout_init(&layout, report, 0, NULL, NULL);
    for (guint i = 0; i < part->numbers->len; i++) {
        uint32_t number = g_array_index(part->numbers, uint32_t, i);

        g_string_append(out, i ? ",\n" : "\n");
        if (rows)
            su_json_put_row(out, &layout, su_rows_cells(rows, number));
        else
            put_flow(
                out, &layout,
                su_capture_flow(i < part->tcp_count ? SU_PROTOCOL_TCP : SU_PROTOCOL_UDP, number));
    }
    su_json_layout_clear(&layout);
}

static void put_report(GString *out, struct su_answers *answers, struct question question)
{
    const struct su_cell now = SU_CELL_OF_STAMP(su_clock_now());
    struct su_ledger_part part;

    if (question.since > su_ledger_settle(answers->ledger))
        question.since = 0; /* the number of another server, before this one */
    su_ledger_select(answers->ledger, question.report, question.since, question.limit, &part);
    g_string_append_printf(out,
                           "{\"report\":\"%s\",\"instance\":\"%s\",\"time\":", question.report->id,
                           answers->instance);
    su_json_put_cell(out, now.ns == SU_TIME_NONE ? &SU_CELL_OF_NONE() : &now);
    g_string_append(out, ",\"since\":");
    su_value_put_count(out, question.since);
    g_string_append(out, ",\"sequence\":");
    su_value_put_count(out, part.sequence);
    g_string_append_printf(out, ",\"more\":%s,\"rows\":[", part.is_cut ? "true" : "false");
    put_lines(out, answers, question.report, &part);
    g_string_append(out, "\n]}\n");
    g_array_free(part.numbers, TRUE);
}

/* ---- tcpeek's ----------------------------------------------------------------------------- */

static const struct su_document no_document = {.first_ns = SU_TIME_NONE, .last_ns = SU_TIME_NONE};

void su_answers_get(const struct su_answers *answers, GString *text)
{
    struct su_out out = {.text = text};
    struct su_writer *writer = su_writer_new(SU_FORMAT_JSON, &out, &no_document);

    su_ledger_settle(answers->ledger);
    su_writer_rows(writer, su_ledger_rows(answers->ledger, answers->handshakes));
    su_writer_free(writer);
}

/* What came since the last time. A timeout may turn out to be a success and be counted less by one:
 * that is taken off the next one, so that all together are right. */
static void take_difference(struct su_cell *cell, uint64_t *taken)
{
    uint64_t now = cell->count;

    cell->count = now > *taken ? now - *taken : 0;
    *taken = MAX(*taken, now);
}

static void put_refresh(GString *text, struct su_answers *answers)
{
    const struct su_report *report = answers->handshakes;
    const struct su_rows *rows = su_ledger_rows(answers->ledger, report);
    struct su_out out = {.text = text};
    struct su_writer *writer = su_writer_new(SU_FORMAT_JSON, &out, &no_document);
    guint columns = (guint)report->column_count;

    su_ledger_settle(answers->ledger);
    g_array_set_size(answers->baseline, su_rows_count(rows) * columns);
    su_writer_begin(writer, report);
    for (uint32_t row = 0; row < su_rows_count(rows); row++) {
        struct su_cell cells[SU_COLUMNS_MAX];

        memcpy(cells, su_rows_cells(rows, row), columns * sizeof(*cells));
        for (guint i = (guint)report->key_count; i < columns; i++)
            take_difference(&cells[i],
                            &g_array_index(answers->baseline, uint64_t, row * columns + i));
        su_writer_row(writer, cells);
    }
    su_writer_end(writer);
    su_writer_free(writer);
}

/* ---- questions ---------------------------------------------------------------------------- */

static void give_get(struct su_answers *answers, char *const *words, GString *out)
{
    struct question question;
    const char *problem;

    if (!words[0]) {
        su_answers_get(answers, out);
        return;
    }
    problem = read_question(answers, words, &question);
    if (problem)
        put_error(out, problem);
    else
        put_report(out, answers, question);
}

static void give(struct su_answers *answers, char *const *words, GString *out)
{
    if (words[0] && g_ascii_strcasecmp(words[0], "GET") == 0)
        give_get(answers, words + 1, out);
    else if (words[0] && g_ascii_strcasecmp(words[0], "REFRESH") == 0 && !words[1])
        put_refresh(out, answers);
    else if (words[0] && g_ascii_strcasecmp(words[0], "HELP") == 0 && !words[1])
        g_string_append(out, help);
    else
        put_error(out, "questions are GET, GET <report> [since=N] [limit=N], REFRESH and HELP");
}

void su_answers_give(struct su_answers *answers, const char *question, GString *out)
{
    char **pieces = g_strsplit_set(question, " \t", -1);
    char *words[WORDS + 1] = {NULL};
    size_t count = 0;

    for (char **piece = pieces; *piece && count < WORDS; piece++)
        if (**piece)
            words[count++] = *piece;
    give(answers, words, out);
    g_strfreev(pieces);
}

/* ---- begin and end ------------------------------------------------------------------------ */

struct su_answers *su_answers_new(struct su_ledger *ledger)
{
    struct su_answers *answers = g_new0(struct su_answers, 1);

    answers->ledger = ledger;
    answers->handshakes = su_report_find("handshakes");
    answers->baseline = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    answers->instance =
        g_strdup_printf("%" G_GINT64_FORMAT "-%d", g_get_real_time(), (int)getpid());
    return answers;
}

void su_answers_free(struct su_answers *answers)
{
    g_array_free(answers->baseline, TRUE);
    g_free(answers->instance);
    g_free(answers);
}
