/* script.c: parser of .seq files, see script.h.
 * A line is cut into words; a table says what each word does to the step. Complaints are collected,
 * so that one run shows them all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

enum { MAX_WORDS = 40, DEFAULT_WINDOW = 60000 };

const char *const su_script_mode_words[SU_MODE_COUNT] = {
    [SU_MODE_PLAIN] = "plain",           [SU_MODE_WRAP] = "wrap",
    [SU_MODE_WRAP_LATER] = "wrap_later", [SU_MODE_SWAPPED] = "swapped",
    [SU_MODE_DOUBLED] = "doubled",
};

struct parser {
    struct su_script *script;
    struct su_text *errors;
    unsigned line;
    char *words[MAX_WORDS];
    size_t count;
    bool reason; /* the line ends in a comment */
};

static void complain(struct parser *parser, const char *what, const char *word)
{
    su_text_add(parser->errors, "%s:%u: %s '%s'\n", parser->script->name, parser->line, what, word);
}

/* ---- numbers ---- */

static bool parse_integer(const char *text, int64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

static bool parse_ranged(const char *text, int64_t max, int64_t *value)
{
    return parse_integer(text, value) && *value >= 0 && *value <= max;
}

static bool parse_reference(const char *text, struct su_number *number)
{
    static const struct {
        const char *name;
        enum su_ref ref;
    } refs[] = {
        {"isn", SU_REF_ISN},
        {"nxt", SU_REF_NXT},
        {"fin", SU_REF_FIN},
        {"old", SU_REF_OLD},
        {"ack", SU_REF_ACK},
    };

    for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
        size_t length = strlen(refs[i].name);
        if (strncmp(text, refs[i].name, length) != 0)
            continue;
        number->ref = refs[i].ref;
        number->offset = 0;
        return text[length] == '\0' || parse_integer(text + length, &number->offset);
    }
    return false;
}

static bool parse_number(const char *text, struct su_number *number)
{
    if (text[0] == '@')
        return parse_reference(text + 1, number);
    number->ref = text[0] == '+' || text[0] == '-' ? SU_REF_AUTO : SU_REF_RAW;
    return parse_integer(text, &number->offset);
}

static bool parse_span(const char *text, int64_t *ns)
{
    static const struct {
        const char *unit;
        int64_t ns;
    } units[] = {
        {"ns", 1          },
        {"us", 1000       },
        {"ms", 1000000    },
        {"s",  SU_NS_PER_S},
    };
    char *end;

    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || errno)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].unit) == 0) {
            *ns = value * units[i].ns;
            return true;
        }
    }
    return false;
}

static bool parse_time(struct su_step *step, const char *text)
{
    step->time_absolute = text[0] != '+' && text[0] != '-';
    return parse_span(text, &step->time_ns);
}

/* ---- settings ---- */

static bool parse_ports(struct su_policy *policy, char *list)
{
    memset(policy->server_ports, 0, sizeof(policy->server_ports));
    for (char *item = list; item;) {
        char *next = strchr(item, ',');
        if (next)
            *next++ = '\0';
        char *dash = strchr(item, '-');
        int64_t low;
        int64_t high;
        if (dash)
            *dash = '\0';
        if (!parse_ranged(item, 65535, &low) || !parse_ranged(dash ? dash + 1 : item, 65535, &high))
            return false;
        for (int64_t port = low; port <= high; port++)
            su_policy_add_server_port(policy, (uint16_t)port);
        item = next;
    }
    return true;
}

static bool parse_word(const char *value, const char *const *words, size_t count, int *index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], value) == 0) {
            *index = (int)i;
            return true;
        }
    }
    return false;
}

static bool parse_policy(struct su_policy *policy, const char *key, char *value)
{
    static const char *const checksums[] = {"off", "control", "all"};
    static const char *const roles[] = {"auto", "port"};
    int64_t number = 0;
    int index = 0;

    if (strcmp(key, "server_ports") == 0)
        return parse_ports(policy, value);
    if (strcmp(key, "checksum") == 0) {
        bool known = parse_word(value, checksums, 3, &index);
        policy->checksum = (enum su_checksum_policy)index;
        return known;
    }
    if (strcmp(key, "role") == 0) {
        bool known = parse_word(value, roles, 2, &index);
        policy->role = (enum su_role_policy)index;
        return known;
    }
    if (!parse_ranged(value, 100000, &number))
        return false;
    if (strcmp(key, "syn_timeout") == 0)
        policy->syn_timeout_ns = number * SU_NS_PER_S;
    else if (strcmp(key, "time_wait") == 0)
        policy->time_wait_ns = number * SU_NS_PER_S;
    else if (strcmp(key, "fin_timeout") == 0)
        policy->fin_timeout_ns = number * SU_NS_PER_S;
    else if (strcmp(key, "strict_rst") == 0)
        policy->strict_rst = number != 0;
    else if (strcmp(key, "icmp") == 0)
        policy->icmp = number != 0;
    else
        return false;
    return true;
}

/* Cuts "key=value" in two; NULL if there is no '='. */
static char *split(char *word)
{
    char *equals = strchr(word, '=');

    if (!equals)
        return NULL;
    *equals = '\0';
    return equals + 1;
}

static void line_policy(struct parser *parser)
{
    for (size_t i = 1; i < parser->count; i++) {
        char *value = split(parser->words[i]);
        if (!value || !parse_policy(&parser->script->policy, parser->words[i], value))
            complain(parser, "bad policy", parser->words[i]);
    }
}

static void line_ports(struct parser *parser)
{
    for (size_t i = 1; i < parser->count; i++) {
        char *value = split(parser->words[i]);
        const char *host = parser->words[i];
        int64_t port = 0;
        bool known = strcmp(host, "c") == 0 || strcmp(host, "s") == 0;
        if (!value || !known || !parse_ranged(value, 65535, &port))
            complain(parser, "bad port", host);
        else
            parser->script->port[host[0] == 's'] = (uint16_t)port;
    }
}

static void line_ip(struct parser *parser)
{
    const char *version = parser->count == 2 ? parser->words[1] : "";

    if (strcmp(version, "4") != 0 && strcmp(version, "6") != 0)
        complain(parser, "bad IP version", version);
    parser->script->v6 = version[0] == '6';
}

static void line_self(struct parser *parser)
{
    parser->script->self = true;
    parser->script->port[SU_HOST_S] = parser->script->port[SU_HOST_C];
}

static void line_skip(struct parser *parser)
{
    const char *what = parser->words[0];

    if (!parser->reason)
        complain(parser, "say why, in a comment:", what);
    if (strcmp(what, "nodouble") == 0)
        parser->script->skip[SU_MODE_DOUBLED] = true;
    else if (strcmp(what, "noswap") == 0)
        parser->script->skip[SU_MODE_SWAPPED] = true;
    else
        parser->script->skip[SU_MODE_WRAP] = parser->script->skip[SU_MODE_WRAP_LATER] = true;
}

/* ---- steps ---- */

static struct su_step *add_step(struct parser *parser, enum su_step_kind kind)
{
    struct su_script *script = parser->script;
    struct su_step *grown = realloc(script->steps, (script->count + 1) * sizeof(*grown));

    if (!grown)
        abort();
    script->steps = grown;
    struct su_step *step = &grown[script->count++];
    memset(step, 0, sizeof(*step));
    step->kind = kind;
    step->line = parser->line;
    step->time_ns = kind == SU_STEP_SEGMENT || kind == SU_STEP_ICMP ? 1000000 : 0;
    return step;
}

static bool parse_flags(const char *text, uint8_t *flags)
{
    static const struct {
        char letter;
        uint8_t flag;
    } letters[] = {
        {'S', SU_SYN},
        {'A', SU_ACK},
        {'F', SU_FIN},
        {'R', SU_RST},
        {'P', SU_PSH},
        {'U', SU_URG},
    };

    *flags = 0;
    if (strcmp(text, "-") == 0)
        return true;
    for (; *text; text++) {
        uint8_t flag = 0;
        for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
            if (letters[i].letter == *text)
                flag = letters[i].flag;
        }
        if (!flag)
            return false;
        *flags |= flag;
    }
    return true;
}

static bool option_number(struct su_step_segment *segment, const char *key, const char *value)
{
    if (strcmp(key, "seq") == 0)
        return parse_number(value, &segment->seq);
    if (strcmp(key, "ack") == 0)
        return parse_number(value, &segment->ack);
    segment->begins = true;
    return parse_number(value, &segment->isn);
}

static bool option_window_scale(struct su_step_segment *segment, const char *value)
{
    int64_t shift = SU_WSCALE_ABSENT;

    if (strcmp(value, "unknown") == 0)
        shift = SU_WSCALE_UNKNOWN;
    else if (strcmp(value, "none") != 0 && !parse_ranged(value, 255, &shift))
        return false;
    segment->wscale = (uint8_t)shift;
    return true;
}

static bool option_value(struct su_step_segment *segment, const char *key, const char *value)
{
    int64_t number = 0;

    if (strcmp(key, "seq") == 0 || strcmp(key, "ack") == 0 || strcmp(key, "isn") == 0)
        return option_number(segment, key, value);
    if (strcmp(key, "ws") == 0)
        return option_window_scale(segment, value);
    if (strcmp(key, "len") == 0 && parse_ranged(value, INT32_MAX, &number))
        segment->len = (uint32_t)number;
    else if (strcmp(key, "win") == 0 && parse_ranged(value, 65535, &number))
        segment->window = (uint16_t)number;
    else if (strcmp(key, "ipid") == 0 && parse_ranged(value, 65535, &number))
        segment->ip_id = (int32_t)number;
    else
        return false;
    return true;
}

static bool option_flag(struct su_step_segment *segment, const char *word)
{
    if (strcmp(word, "drop") == 0)
        segment->drop = true;
    else if (strcmp(word, "lost") == 0)
        segment->lost = true;
    else if (strcmp(word, "forged") == 0)
        segment->forged = true;
    else if (strcmp(word, "dup") == 0)
        segment->dup = true;
    else if (strcmp(word, "tfo") == 0)
        segment->tfo = true;
    else if (strcmp(word, "new") == 0)
        segment->adopt = true;
    else if (strcmp(word, "badsum") == 0)
        segment->checksum = SU_CHECKSUM_BAD;
    else if (strcmp(word, "nosum") == 0)
        segment->checksum = SU_CHECKSUM_UNVERIFIED;
    else
        return false;
    return true;
}

static void segment_options(struct parser *parser, struct su_step *step)
{
    for (size_t i = 2; i < parser->count; i++) {
        char *word = parser->words[i];
        char *value = split(word);
        bool known;
        if (value && strcmp(word, "t") == 0)
            known = parse_time(step, value);
        else if (value)
            known = option_value(&step->segment, word, value);
        else
            known = option_flag(&step->segment, word);
        if (!known)
            complain(parser, "bad option", word);
    }
}

/* Only what the policy asks for is verified. */
static uint8_t checksum_of(const struct su_script *script, uint8_t flags)
{
    bool control = flags & (SU_SYN | SU_FIN | SU_RST);
    bool verified = control || script->policy.checksum == SU_CHECKSUM_POLICY_ALL;

    return verified ? SU_CHECKSUM_GOOD : SU_CHECKSUM_UNVERIFIED;
}

static void line_segment(struct parser *parser)
{
    struct su_step *step = add_step(parser, SU_STEP_SEGMENT);
    struct su_step_segment *segment = &step->segment;

    segment->host = parser->words[0][0] == 's' ? SU_HOST_S : SU_HOST_C;
    segment->window = DEFAULT_WINDOW;
    segment->wscale = SU_WSCALE_ABSENT;
    segment->ip_id = -1;
    if (segment->host == SU_HOST_S && parser->script->self)
        complain(parser, "there is only host c:", parser->words[0]);
    if (parser->count < 2 || !parse_flags(parser->words[1], &segment->flags))
        complain(parser, "bad flags", parser->count < 2 ? "" : parser->words[1]);
    segment->checksum = checksum_of(parser->script, segment->flags);
    segment_options(parser, step);
    if (segment->dup && step->time_ns == 1000000)
        step->time_ns = 5000;
}

static bool icmp_kind(const char *text, struct su_step_icmp *icmp)
{
    int64_t type;
    int64_t code;
    char copy[16];

    snprintf(copy, sizeof(copy), "%s", text);
    char *slash = strchr(copy, '/');
    if (!slash)
        return false;
    *slash = '\0';
    if (!parse_ranged(copy, 255, &type) || !parse_ranged(slash + 1, 255, &code))
        return false;
    icmp->type = (uint8_t)type;
    icmp->code = (uint8_t)code;
    return true;
}

static void line_icmp(struct parser *parser)
{
    struct su_step *step = add_step(parser, SU_STEP_ICMP);
    struct su_step_icmp *icmp = &step->icmp;

    icmp->v6 = strcmp(parser->words[0], "icmp6") == 0;
    if (parser->count < 4 || !icmp_kind(parser->words[1], icmp) ||
        strcmp(parser->words[2], "of") != 0 || strcspn(parser->words[3], "cs") != 0) {
        complain(parser, "bad ICMP error", parser->words[0]);
        return;
    }
    icmp->host = parser->words[3][0] == 's' ? SU_HOST_S : SU_HOST_C;
    for (size_t i = 4; i < parser->count; i++) {
        char *word = parser->words[i];
        char *value = split(word);
        bool known = value && strcmp(word, "t") == 0 && parse_time(step, value);
        known = known || (value && strcmp(word, "seq") == 0 && parse_number(value, &icmp->seq));
        if (!known)
            complain(parser, "bad option", word);
    }
}

static void line_now(struct parser *parser)
{
    struct su_step *step = add_step(parser, SU_STEP_NOW);

    if (parser->count != 2 || !parse_time(step, parser->words[1]))
        complain(parser, "bad time", parser->count > 1 ? parser->words[1] : "");
}

static bool valid_alternatives(const struct su_expect_key *key, const char *value)
{
    for (;;) {
        size_t length = strcspn(value, "|");
        if (!su_expect_valid(key, value, length))
            return false;
        if (!value[length])
            return true;
        value += length + 1;
    }
}

static bool parse_demand(char *word, struct su_demand *demand)
{
    char *value = split(word);
    size_t length = strlen(word);

    if (!value || length == 0)
        return false;
    demand->negate = word[length - 1] == '!';
    demand->key = su_expect_find(word, length - demand->negate);
    if (!demand->key || !valid_alternatives(demand->key, value))
        return false;
    demand->value = strdup(value);
    return demand->value != NULL;
}

static void line_expect(struct parser *parser)
{
    struct su_step *step = add_step(parser, SU_STEP_EXPECT);

    if (parser->count < 2)
        complain(parser, "nothing is asked by", parser->words[0]);
    step->expect.demands = calloc(parser->count, sizeof(struct su_demand));
    if (!step->expect.demands)
        abort();
    for (size_t i = 1; i < parser->count; i++) {
        if (parse_demand(parser->words[i], &step->expect.demands[step->expect.count]))
            step->expect.count++;
        else
            complain(parser, "bad expectation", parser->words[i]);
    }
}

/* ---- lines ---- */

static const struct {
    const char *word;
    void (*parse)(struct parser *parser);
} lines[] = {
    {"c",        line_segment},
    {"s",        line_segment},
    {"icmp",     line_icmp   },
    {"icmp6",    line_icmp   },
    {"now",      line_now    },
    {"expect",   line_expect },
    {"policy",   line_policy },
    {"ports",    line_ports  },
    {"ip",       line_ip     },
    {"self",     line_self   },
    {"nodouble", line_skip   },
    {"noswap",   line_skip   },
    {"nowrap",   line_skip   },
};

static void cut_words(struct parser *parser, char *line)
{
    char *comment = strchr(line, '#');
    char *rest = NULL;

    parser->reason = comment && strlen(comment) > 2;
    if (comment)
        *comment = '\0';
    parser->count = 0;
    for (char *word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
        if (parser->count == MAX_WORDS) {
            complain(parser, "too many words before", word);
            return;
        }
        parser->words[parser->count++] = word;
    }
}

static void parse_line(struct parser *parser, char *line)
{
    cut_words(parser, line);
    if (parser->count == 0)
        return;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        if (strcmp(lines[i].word, parser->words[0]) == 0) {
            lines[i].parse(parser);
            return;
        }
    }
    complain(parser, "unknown word", parser->words[0]);
}

static struct su_script *new_script(const char *name)
{
    struct su_script *script = calloc(1, sizeof(*script));

    if (!script)
        abort();
    script->name = strdup(name);
    script->port[SU_HOST_C] = 40000;
    script->port[SU_HOST_S] = 80;
    script->policy.syn_timeout_ns = 3 * SU_NS_PER_S;
    script->policy.time_wait_ns = 60 * SU_NS_PER_S;
    script->policy.strict_rst = true;
    script->policy.icmp = true;
    script->policy.checksum = SU_CHECKSUM_POLICY_CONTROL;
    for (uint16_t port = 1; port < 1024; port++)
        su_policy_add_server_port(&script->policy, port);
    return script;
}

struct su_script *su_script_parse(const char *name, const char *source, struct su_text *errors)
{
    struct parser parser = {.script = new_script(name), .errors = errors};
    size_t before = errors->length;
    char *copy = strdup(source);
    bool asks = false;

    for (char *line = copy; line;) {
        char *next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        parser.line++;
        parse_line(&parser, line);
        line = next;
    }
    free(copy);
    for (size_t i = 0; i < parser.script->count; i++)
        asks |= parser.script->steps[i].kind == SU_STEP_EXPECT;
    if (!asks)
        complain(&parser, "nothing is expected in", name);
    if (errors->length == before)
        return parser.script;
    su_script_free(parser.script);
    return NULL;
}

struct su_script *su_script_load(const char *path, struct su_text *errors)
{
    struct su_text source = {0};
    char chunk[4096];
    FILE *file = fopen(path, "r");

    if (!file) {
        su_text_add(errors, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    for (size_t got; (got = fread(chunk, 1, sizeof(chunk) - 1, file)) > 0;)
        su_text_add(&source, "%.*s", (int)got, chunk);
    fclose(file);

    const char *slash = strrchr(path, '/');
    struct su_script *script =
        su_script_parse(slash ? slash + 1 : path, su_text_get(&source), errors);
    su_text_free(&source);
    return script;
}

void su_script_free(struct su_script *script)
{
    if (!script)
        return;
    for (size_t i = 0; i < script->count; i++) {
        struct su_step *step = &script->steps[i];
        if (step->kind != SU_STEP_EXPECT)
            continue;
        for (size_t k = 0; k < step->expect.count; k++)
            free(step->expect.demands[k].value);
        free(step->expect.demands);
    }
    free(script->steps);
    free(script->name);
    free(script);
}
