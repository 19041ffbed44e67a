/* test_named_filter.c: what users may write as named filters and networks, what is refused and
 * how, and which connections a filter counts. Random filters are judged by a second, simple
 * matcher.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <glib.h>

#include "schema/named_filter.h"
#include "schema/networks.h"

/* ---- help -------------------------------------------------------------------------------- */

/** A connection, and where its view has its addresses. */
struct connection {
    uint8_t client[16], server[16];
    struct su_view view;
};

/** Reads an address with a port after its last dot: "10.0.0.1.80" or "2001:db8::1.80". */
static unsigned read_socket(const char *text, uint8_t *address, uint16_t *port)
{
    const char *dot = strrchr(text, '.');
    char *alone = g_strndup(text, (gsize)(dot - text));
    bool ipv6 = strchr(alone, ':') != NULL;

    assert_int_equal(inet_pton(ipv6 ? AF_INET6 : AF_INET, alone, address), 1);
    *port = (uint16_t)atoi(dot + 1);
    g_free(alone);
    return ipv6 ? 6 : 4;
}

/** Reads "client > server". */
static void connect_sockets(struct connection *connection, const char *text)
{
    char **ends = g_strsplit(text, " > ", 2);
    struct su_view *view = &connection->view;

    *connection = (struct connection){.view = {.ip_version = 0}};
    view->ip_version = (uint8_t)read_socket(ends[0], connection->client, &view->client.port);
    assert_int_equal(read_socket(ends[1], connection->server, &view->server.port),
                     view->ip_version);
    view->client.address = connection->client;
    view->server.address = connection->server;
    g_strfreev(ends);
}

/** The names of the filters that count a connection, with blanks between them. */
static char *counted_in(const struct su_filter_set *set, const struct su_networks *local,
                        const struct su_view *view)
{
    GString *names = g_string_new("");

    for (unsigned i = 0; i < su_filter_set_count(set); i++) {
        if (su_filter_set_match(set, i, local, view))
            g_string_append_printf(names, "%s%s", names->len ? " " : "",
                                   su_filter_set_name(set, i));
    }
    return g_string_free(names, FALSE);
}

static struct su_filter_set *must_parse(const char *expression)
{
    char *error = NULL;
    struct su_filter_set *set = su_filter_set_parse(expression, &error);

    if (!set)
        fail_msg("it is refused: %s", error ? error : "?");
    assert_null(error);
    return set;
}

static struct su_networks *must_list(const char *text)
{
    char *error = NULL;
    struct su_networks *networks = su_networks_parse(text, &error);

    if (!networks)
        fail_msg("it is refused: %s", error ? error : "?");
    assert_null(error);
    return networks;
}

static char *names_of(const struct su_filter_set *set)
{
    GString *names = g_string_new("");

    for (unsigned i = 0; i < su_filter_set_count(set); i++)
        g_string_append_printf(names, "%s%s", i ? " " : "", su_filter_set_name(set, i));
    return g_string_free(names, FALSE);
}

/* A small generator of its own: the same numbers on every machine. */
static uint32_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 16) % below;
}

/* ---- what is accepted -------------------------------------------------------------------- */

static const struct {
    const char *expression;
    const char *names; /* of the filters that it makes */
} good[] = {
  /* no filter with a name: RX and TX */
    {NULL,                                                                   "RX TX"                   },
    {"",                                                                     "RX TX"                   },
    {" \t\n ",                                                               "RX TX"                   },
    {":RX@*:22 :TX@*:22",                                                    "RX TX"                   },
    {":RX@*:22",                                                             "RX TX"                   },
 /* tcpeek's own examples */
    {"filter:RX@%:80:443",                                                   "filter"                  },
    {"filter:TX@192.168.0.0/24:%",                                           "filter"                  },
    {"filter1:RX@%:80:443 filter2:TX@192.168.0.0/24:%",                      "filter1 filter2"         },
    {"RX:RX@*:* TX:TX@*:*",                                                  "RX TX"                   },
    {"filter1:RX@192.168.0.1:80 filter2:TX@192.168.0.2:80",                  "filter1 filter2"         },
    {"filter:TX@%:%",                                                        "filter"                  },
    {"filter:TX@192.168.0.1:80:443:8080",                                    "filter"                  },
    {"filter:TX@192.168.0.1:80:443:8080,192.168.0.2:80,192.168.0.3:80:8080", "filter"                  },
    {"a:RX@*:80 :RX@*:22 b:TX@*:80 :TX@*:22",                                "a b"                     },
 /* either case, any blanks */
    {"a:rx@%:80",                                                            "a"                       },
    {"a:tX@%:80",                                                            "a"                       },
    {"  a:RX@%:80\t\tb:TX@%:80\n",                                           "a b"                     },
    {"a:RX@%:80\r\nb:RX@%:81\vc:RX@%:82\fd:RX@%:83",                         "a b c d"                 },
 /* IPv6 */
    {"a:RX@[2001:db8::1]:443",                                               "a"                       },
    {"a:RX@[2001:db8::/32]:443",                                             "a"                       },
    {"a:RX@[2001:db8::]/32:443",                                             "a"                       },
    {"a:RX@[::]/0:%",                                                        "a"                       },
    {"a:RX@[::/0]:%",                                                        "a"                       },
    {"a:RX@[::1/128]:1:2:3",                                                 "a"                       },
    {"a:RX@[::ffff:192.0.2.1]:80",                                           "a"                       },
    {"a:TX@[2001:db8::1]:443,10.0.0.1:80,%:8080",                            "a"                       },
    {"a:TX@[2001:0db8:0000:0000:0000:0000:0000:0001]:1",                     "a"                       },
 /* limits */
    {"a:RX@0.0.0.0/0:1",                                                     "a"                       },
    {"a:RX@255.255.255.255/32:65535",                                        "a"                       },
    {"a:RX@10.1.2.3/8:00080",                                                "a"                       },
    {"a:RX@%:1-65535",                                                       "a"                       },
    {"a:RX@%:80-80:8000-8099:%",                                             "a"                       },
 /* names */
    {"a:RX@%:80 a:TX@%:80",                                                  "a"                       },
    {"b:RX@%:1 a:RX@%:1 b:TX@%:2",                                           "b a"                     },
    {"a@b,c/d[e]*%:RX@%:80",                                                 "a@b,c/d[e]*%"            },
    {"\"q\\\x01:RX@%:80",                                                    "\"q\\\x01"               },
    {"d\xc3\xbcsseldorf:RX@%:80",                                            "d\xc3\xbcsseldorf"       },
    {"\xe6\x97\xa5\xe6\x9c\xac:RX@%:80",                                     "\xe6\x97\xa5\xe6\x9c\xac"},
    {"\xf0\x9f\x90\x9f:TX@%:80",                                             "\xf0\x9f\x90\x9f"        },
    {"RX:TX@%:80",                                                           "RX"                      },
};

static void accepts_good_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        struct su_filter_set *set = must_parse(good[i].expression);
        char *names = names_of(set);

        assert_string_equal(names, good[i].names);
        assert_null(su_filter_set_name(set, su_filter_set_count(set)));
        g_free(names);
        su_filter_set_free(set);
    }
}

/* ---- what is refused --------------------------------------------------------------------- */

static const struct {
    const char *expression;
    const char *where; /* how the complaint begins */
    const char *right; /* part of what would be right */
} bad[] = {
  /* shape */
    {"web",                                     "character 1, \"web\"",               "name:RX@address:port"        },
    {"a:RX@%:80 web",                           "character 11, \"web\"",              "name:RX@address:port"        },
    {"a:RX@%:80 , b:RX@%:80",                   "character 11, \",\"",                "name:RX@address:port"        },
    {":",                                       "character 2, the end",               "RX@ (we are the server)"     },
    {"web:",                                    "character 5, the end",               "RX@ (we are the server)"     },
    {"\xc3\xbc\xc3\xbc:X",                      "character 4, \"X\"",                 "RX@ (we are the server)"     },
 /* names */
    {"a\xff:RX@%:80",                           "character 1, \"a\xef\xbf\xbd\"",     "UTF-8"                       },
    {"ok:RX@%:1 \xc3:RX@%:80",                  "character 11, \"\xef\xbf\xbd\"",     "UTF-8"                       },
    {"\xed\xa0\x80:RX@%:80",                    "character 1, \"",                    "UTF-8"                       },
 /* direction */
    {"web:@%:80",                               "character 5:",                       "RX@ (we are the server)"     },
    {"web:TXX@%:80",                            "character 5, \"TXX\"",               "TX@ (we are the client)"     },
    {"web:R@%:80",                              "character 5, \"R\"",                 "RX@"                         },
    {"web:IN@%:80",                             "character 5, \"IN\"",                "RX@"                         },
    {"web:RX",                                  "character 5, \"RX\"",                "RX@"                         },
    {"RX@%:80",                                 "character 6, \"80\"",                "after the name and its colon"},
    {"web: RX@%:80",                            "character 5",                        "RX@"                         },
 /* address */
    {"web:RX@",                                 "character 8, the end",               "IP address"                  },
    {"web:RX@:80",                              "character 8:",                       "IP address"                  },
    {"web:RX@80",                               "character 8, \"80\"",                "IP address"                  },
    {"web:RX@10.0.0:80",                        "character 8, \"10.0.0\"",            "192.0.2.0/24"                },
    {"web:RX@10.0.0.256:80",                    "character 8, \"10.0.0.256\"",        "192.0.2.1"                   },
    {"web:RX@10.0.0.1.2:80",                    "character 8, \"10.0.0.1.2\"",        "192.0.2.1"                   },
    {"web:RX@example.org:80",                   "character 8, \"example.org\"",       "IP address"                  },
    {"web:RX@%%:80",                            "character 8, \"%%\"",                "% and *"                     },
    {"web:RX@10.*:80",                          "character 8, \"10.*\"",              "IP address"                  },
    {"web:RX@2001:db8::1:443",                  "character 8, \"2001\"",              "[2001:db8::1]"               },
    {"a:RX@%:1 b:TX@1.2.3.4:1,x:2",             "character 25, \"x\"",                "IP address"                  },
 /* prefix */
    {"web:RX@10.0.0.0/33:80",                   "character 16, \"/33\"",              "0 to 32"                     },
    {"web:RX@10.0.0.0/:80",                     "character 16, \"/\"",                "0 to 32"                     },
    {"web:RX@10.0.0.0/-1:80",                   "character 16, \"/-1\"",              "0 to 32"                     },
    {"web:RX@10.0.0.0/8/8:80",                  "character 16, \"/8/8\"",             "0 to 32"                     },
    {"web:RX@10.0.0.0/255.0.0.0:80",            "character 16, \"/255.0.0.0\"",       "0 to 32"                     },
    {"web:RX@10.0.0.0/99999999999999999999:80", "character 16, \"/9",                 "0 to 32"                     },
    {"web:RX@%/8:80",                           "character 8, \"%\"",                 "IP address"                  },
    {"web:RX@[2001:db8::/129]:80",              "character 19, \"/129\"",             "0 to 128"                    },
    {"web:RX@[2001:db8::]/x:80",                "character 20, \"/x\"",               "0 to 128"                    },
    {"web:RX@[2001:db8::/32]/32:80",            "character 23, \"/32\"",              "one prefix"                  },
 /* brackets */
    {"web:RX@[2001:db8::1:80",                  "character 8, \"[2001:db8::1:80\"",   "closing ]"                   },
    {"web:RX@[]:80",                            "character 9:",                       "IPv6"                        },
    {"web:RX@[*]:80",                           "character 9, \"*\"",                 "IPv6"                        },
    {"web:RX@[192.0.2.1]:80",                   "character 9, \"192.0.2.1\"",         "IPv6"                        },
    {"web:RX@[fe80::1%eth0]:80",                "character 9, \"fe80::1%eth0\"",      "IPv6"                        },
    {"web:RX@[2001:db8::1]x:80",                "character 21, \"x\"",                "only a prefix"               },
    {"web:RX@[1:2:3:4:5:6:7:8:9]:80",           "character 9, \"1:2:3:4:5:6:7:8:9\"", "IPv6"                        },
 /* ports */
    {"web:RX@%",                                "character 9, the end",               "followed by a colon"         },
    {"web:RX@10.0.0.0/8",                       "character 18, the end",              "followed by a colon"         },
    {"web:RX@[::1]",                            "character 13, the end",              "followed by a colon"         },
    {"web:RX@%,%:80",                           "character 9",                        "followed by a colon"         },
    {"web:RX@%:",                               "character 10, the end",              "1 to 65535"                  },
    {"web:RX@%:80:",                            "character 13, the end",              "1 to 65535"                  },
    {"web:RX@%::80",                            "character 10:",                      "1 to 65535"                  },
    {"web:RX@%:0",                              "character 10, \"0\"",                "1 to 65535"                  },
    {"web:RX@%:65536",                          "character 10, \"65536\"",            "1 to 65535"                  },
    {"web:RX@%:4294967376",                     "character 10, \"4294967376\"",       "1 to 65535"                  },
    {"web:RX@%:http",                           "character 10, \"http\"",             "1 to 65535"                  },
    {"web:RX@%:+80",                            "character 10, \"+80\"",              "1 to 65535"                  },
    {"web:RX@%:80:x:443",                       "character 13, \"x\"",                "1 to 65535"                  },
    {"web:RX@%:-80",                            "character 10, \"-80\"",              "such as 8000-8099"           },
    {"web:RX@%:80-",                            "character 10, \"80-\"",              "such as 8000-8099"           },
    {"web:RX@%:1-2-3",                          "character 10, \"1-2-3\"",            "such as 8000-8099"           },
    {"web:RX@%:90-80",                          "character 10, \"90-80\"",            "the lower one"               },
 /* commas */
    {"web:RX@%:80,",                            "character 13, the end",              "without a blank"             },
    {"web:RX@%:80, 10.0.0.1:80",                "character 13:",                      "without a blank"             },
    {"web:RX@%:80,,%:81",                       "character 13, \",%:81\"",            "without a blank"             },
    {"web:RX@,%:80",                            "character 8:",                       "IP address"                  },
};

static void refuses_bad_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *error = NULL;

        if (su_filter_set_parse(bad[i].expression, &error))
            fail_msg("\"%s\" is accepted", bad[i].expression);
        assert_non_null(error);
        if (!g_str_has_prefix(error, bad[i].where) || !strstr(error, bad[i].right))
            fail_msg("\"%s\": %s", bad[i].expression, error);
        assert_true(g_utf8_validate(error, -1, NULL));
        g_free(error);
    }
}

static void complaints_stay_readable(void **state)
{
    char *error = NULL;
    char *endless = g_strnfill(65536, 'x');

    (void)state;
    assert_null(su_filter_set_parse(endless, &error));
    assert_true(strlen(error) < 400);
    assert_non_null(strstr(error, "xxxxxxxx...\""));
    g_free(error);
    error = NULL;
    assert_null(su_filter_set_parse("\x1b[31m\x7f", &error));
    for (const char *c = error; *c; c++)
        assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    g_free(error);
    g_free(endless);
}

static void refuses_too_many_names(void **state)
{
    GString *text = g_string_new("");
    char *error = NULL;
    struct su_filter_set *set;

    (void)state;
    for (unsigned i = 0; i < SU_NAMED_FILTERS_MAX; i++)
        g_string_append_printf(text, "n%u:RX@%%:80 ", i);
    g_string_append(text, "n0:TX@%:80 :RX@%:22");
    set = must_parse(text->str);
    assert_int_equal(su_filter_set_count(set), SU_NAMED_FILTERS_MAX);
    assert_false(su_filter_set_add_rule(set, &(struct su_filter_row){.name = "more"}, &error));
    assert_true(g_str_has_prefix(error, "Name: character 1, \"more\": "));
    assert_int_equal(su_filter_set_count(set), SU_NAMED_FILTERS_MAX);
    g_free(error);
    error = NULL;
    su_filter_set_free(set);
    g_string_append(text, " more:RX@%:80");
    assert_null(su_filter_set_parse(text->str, &error));
    assert_non_null(strstr(error, "\"more\": there can be no more than 64"));
    g_free(error);
    g_string_free(text, TRUE);
}

/* ---- what is counted --------------------------------------------------------------------- */

static const struct {
    const char *expression, *local, *connection;
    const char *names;
} matches[] = {
  /* the default */
    {"",                                         "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "RX TX" },
    {"",                                         "10.0.0.2",                 "10.0.0.1.40000 > 10.0.0.2.80",         "RX"    },
    {"",                                         "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.80",         "TX"    },
    {"",                                         "10.0.0.0/8",               "10.0.0.1.40000 > 10.0.0.2.80",         "RX TX" },
    {"",                                         "192.0.2.0/24",             "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"",                                         "2001:db8::/32",            "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"",                                         "192.0.2.1, 2001:db8::/32", "2001:db8::1.40000 > fd00::1.80",       "TX"    },
    {"",                                         "%",                        "10.0.0.1.40000 > 10.0.0.2.80",         "RX TX" },
 /* the port is the server's, in either direction */
    {"a:RX@%:80",                                "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:RX@%:80",                                "",                         "10.0.0.1.80 > 10.0.0.2.40000",         ""      },
    {"a:TX@%:80",                                "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:TX@%:80",                                "",                         "10.0.0.1.80 > 10.0.0.2.40000",         ""      },
    {"a:RX@%:80:443",                            "",                         "10.0.0.1.40000 > 10.0.0.2.443",        "a"     },
    {"a:RX@%:80:443",                            "",                         "10.0.0.1.40000 > 10.0.0.2.444",        ""      },
    {"a:RX@%:%",                                 "",                         "10.0.0.1.40000 > 10.0.0.2.0",          "a"     },
    {"a:RX@%:*",                                 "",                         "10.0.0.1.40000 > 10.0.0.2.65535",      "a"     },
    {"a:RX@%:80-90",                             "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:RX@%:80-90",                             "",                         "10.0.0.1.40000 > 10.0.0.2.90",         "a"     },
    {"a:RX@%:80-90",                             "",                         "10.0.0.1.40000 > 10.0.0.2.91",         ""      },
    {"a:RX@%:80-90",                             "",                         "10.0.0.1.40000 > 10.0.0.2.79",         ""      },
 /* the address is the peer's: the client's in RX, the server's in TX */
    {"a:RX@10.0.0.1:80",                         "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:RX@10.0.0.2:80",                         "",                         "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"a:TX@10.0.0.2:80",                         "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:TX@10.0.0.1:80",                         "",                         "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"a:RX@10.0.0.1:80",                         "10.0.0.2",                 "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:RX@10.0.0.1:80",                         "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"a:TX@10.0.0.2:80",                         "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
    {"a:TX@10.0.0.2:80",                         "10.0.0.2",                 "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
 /* networks */
    {"a:TX@192.168.0.0/24:%",                    "",                         "10.0.0.1.40000 > 192.168.0.255.80",    "a"     },
    {"a:TX@192.168.0.0/24:%",                    "",                         "10.0.0.1.40000 > 192.168.1.0.80",      ""      },
    {"a:TX@192.168.0.77/24:%",                   "",                         "10.0.0.1.40000 > 192.168.0.1.80",      "a"     },
    {"a:TX@192.168.0.128/25:%",                  "",                         "10.0.0.1.40000 > 192.168.0.127.80",    ""      },
    {"a:TX@192.168.0.128/25:%",                  "",                         "10.0.0.1.40000 > 192.168.0.128.80",    "a"     },
    {"a:TX@10.128.0.0/9:%",                      "",                         "10.0.0.1.40000 > 10.127.0.1.80",       ""      },
    {"a:TX@0.0.0.0/0:%",                         "",                         "10.0.0.1.40000 > 203.0.113.9.80",      "a"     },
    {"a:TX@0.0.0.0/0:%",                         "",                         "fd00::1.40000 > fd00::2.80",           ""      },
    {"a:TX@128.0.0.0/1:%",                       "",                         "10.0.0.1.40000 > 127.0.0.1.80",        ""      },
    {"a:TX@128.0.0.0/1:%",                       "",                         "10.0.0.1.40000 > 128.0.0.1.80",        "a"     },
 /* IPv6 */
    {"a:RX@%:80",                                "",                         "fd00::1.40000 > fd00::2.80",           "a"     },
    {"a:TX@[2001:db8::/32]:443",                 "",                         "fd00::1.40000 > 2001:db8:ffff::9.443", "a"     },
    {"a:TX@[2001:db8::/32]:443",                 "",                         "fd00::1.40000 > 2001:db9::9.443",      ""      },
    {"a:TX@[2001:db8::]/33:443",                 "",                         "fd00::1.40000 > 2001:db8:7fff::9.443", "a"     },
    {"a:TX@[2001:db8::]/33:443",                 "",                         "fd00::1.40000 > 2001:db8:8000::9.443", ""      },
    {"a:TX@[2001:db8::1]:443",                   "",                         "fd00::1.40000 > 2001:db8::1.443",      "a"     },
    {"a:TX@[2001:db8::1]:443",                   "",                         "fd00::1.40000 > 2001:db8::2.443",      ""      },
    {"a:TX@[2001:db8::/127]:443",                "",                         "fd00::1.40000 > 2001:db8::1.443",      "a"     },
    {"a:TX@[2001:db8::/127]:443",                "",                         "fd00::1.40000 > 2001:db8::2.443",      ""      },
    {"a:TX@[::]/0:443",                          "",                         "fd00::1.40000 > 2001:db8::2.443",      "a"     },
    {"a:TX@[::]/0:443",                          "",                         "10.0.0.1.40000 > 10.0.0.2.443",        ""      },
    {"a:TX@[::ffff:10.0.0.2]:443",               "",                         "10.0.0.1.40000 > 10.0.0.2.443",        ""      },
 /* several rules, several filters */
    {"a:TX@10.0.0.1:80:443,10.0.0.2:8080",       "",                         "10.9.9.9.40000 > 10.0.0.2.8080",       "a"     },
    {"a:TX@10.0.0.1:80:443,10.0.0.2:8080",       "",                         "10.9.9.9.40000 > 10.0.0.2.80",         ""      },
    {"a:TX@10.0.0.1:80:443,10.0.0.2:8080",       "",                         "10.9.9.9.40000 > 10.0.0.1.443",        "a"     },
    {"a:TX@10.0.0.1:80,[fd00::]/8:443",          "",                         "fd00::1.40000 > fd00::2.443",          "a"     },
    {"a:RX@%:80 b:RX@%:443 c:RX@%:%",            "",                         "10.0.0.1.40000 > 10.0.0.2.443",        "b c"   },
    {"RX:RX@*:* TX:TX@*:* web:RX@%:80",          "10.0.0.2",                 "10.0.0.1.40000 > 10.0.0.2.80",         "RX web"},
    {"a:RX@%:80 a:TX@%:443",                     "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.443",        "a"     },
    {"a:RX@%:80 a:TX@%:443",                     "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.80",         ""      },
    {"a:RX@%:80:80:%,%:%",                       "",                         "10.0.0.1.40000 > 10.0.0.2.80",         "a"     },
 /* excluding */
    {":RX@*:22 :TX@*:22",                        "",                         "10.0.0.1.40000 > 10.0.0.2.22",         ""      },
    {":RX@*:22 :TX@*:22",                        "",                         "10.0.0.1.40000 > 10.0.0.2.23",         "RX TX" },
    {":RX@*:22",                                 "10.0.0.1",                 "10.0.0.1.40000 > 10.0.0.2.22",         "TX"    },
    {"a:RX@%:% :RX@%:22 b:TX@%:%",               "",                         "10.0.0.1.40000 > 10.0.0.2.22",         ""      },
    {"a:RX@%:% b:TX@%:% :TX@10.0.0.2:22",        "",                         "10.0.0.1.40000 > 10.0.0.2.22",         ""      },
    {"a:RX@%:% b:TX@%:% :TX@10.0.0.3:22",        "",                         "10.0.0.1.40000 > 10.0.0.2.22",         "a b"   },
    {":RX@10.0.0.0/8:%,192.0.2.0/24:% a:RX@%:%", "",                         "192.0.2.7.40000 > 10.0.0.2.22",        ""      },
    {":RX@10.0.0.0/8:%,192.0.2.0/24:% a:RX@%:%", "",                         "192.0.3.7.40000 > 10.0.0.2.22",        "a"     },
    {":RX@[fd00::/8]:% a:RX@%:%",                "",                         "fd00::1.40000 > 2001:db8::1.80",       ""      },
};

static void counts_what_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(matches); i++) {
        struct su_filter_set *set = must_parse(matches[i].expression);
        struct su_networks *local = must_list(matches[i].local);
        struct connection connection;
        char *names;

        connect_sockets(&connection, matches[i].connection);
        names = counted_in(set, local, &connection.view);
        if (strcmp(names, matches[i].names) != 0)
            fail_msg("\"%s\", we are \"%s\": %s is in \"%s\", not in \"%s\"", matches[i].expression,
                     matches[i].local, matches[i].connection, names, matches[i].names);
        assert_false(su_filter_set_match(set, su_filter_set_count(set), local, &connection.view));
        g_free(names);
        su_networks_free(local);
        su_filter_set_free(set);
    }
}

static void report_sees_the_same(void **state)
{
    struct su_filter_set *set = must_parse("a:RX@%:80 b:TX@%:80 :RX@%:22");
    struct su_networks *local = must_list("10.0.0.2");
    const struct su_filter_source source = {set, local};
    const struct su_named_filters named = su_filter_source_named(&source);
    struct connection connection;

    (void)state;
    connect_sockets(&connection, "10.0.0.1.40000 > 10.0.0.2.80");
    assert_int_equal(named.count, 2);
    assert_string_equal(named.name(&named, 0), "a");
    assert_string_equal(named.name(&named, 1), "b");
    assert_true(named.match(&named, 0, &connection.view));
    assert_false(named.match(&named, 1, &connection.view));
    su_networks_free(local);
    su_filter_set_free(set);
}

/* ---- random filters: order, and a second opinion ----------------------------------------- */

enum { WORDS_MAX = 8, ROUNDS = 400, CONNECTIONS = 40 };

/* Few enough values that rules and connections meet often. */
static const char *const addresses[] = {"%",           "10.0.0.1",  "10.0.0.2",    "10.0.0.0/24",
                                        "10.0.0.0/30", "[fd00::1]", "[fd00::2/64]"};
static const char *const hosts[] = {"10.0.0.1", "10.0.0.2", "10.0.0.9", "10.1.0.1",
                                    "fd00::1",  "fd00::2",  "fd01::1",  "fd00::5"};

/** Is that host part of that address? By hand, since the point is to know it another way. */
static bool host_is_in(unsigned host, unsigned address)
{
    static const char *const members[G_N_ELEMENTS(addresses)] = {
        "01234567", "0", "1", "012", "01", "4", "457",
    };

    return strchr(members[address], (int)('0' + host)) != NULL;
}

struct word {
    unsigned name; /* 0: excludes */
    unsigned direction, rules;
    struct {
        unsigned address, port;
    } rule[3];
};

static void draw_word(struct word *word)
{
    word->name = draw(4);
    word->direction = draw(2);
    word->rules = 1 + draw(3);
    for (unsigned i = 0; i < word->rules; i++) {
        /* Excluding everything would leave nothing to see. */
        word->rule[i].address =
            draw(G_N_ELEMENTS(addresses) - (word->name == 0)) + (word->name == 0);
        word->rule[i].port = draw(4);
    }
}

static void write_word(GString *text, const struct word *word)
{
    static const char *const names[] = {"", "a", "b", "c"};
    static const char *const ports[] = {"*", "1", "2:3", "2-3:4"};

    g_string_append_printf(text, "%s:%s@", names[word->name], word->direction ? "TX" : "RX");
    for (unsigned i = 0; i < word->rules; i++)
        g_string_append_printf(text, "%s%s:%s", i ? "," : "", addresses[word->rule[i].address],
                               ports[word->rule[i].port]);
    g_string_append_c(text, ' ');
}

static bool word_matches(const struct word *word, unsigned client, unsigned server, unsigned port)
{
    static const char *const ports[] = {"01234", "1", "23", "234"};

    for (unsigned i = 0; i < word->rules; i++) {
        if (host_is_in(word->direction ? server : client, word->rule[i].address) &&
            strchr(ports[word->rule[i].port], (int)('0' + port)))
            return true;
    }
    return false;
}

/** What the words say of a connection: a bit for each name; we are everybody. */
static unsigned second_opinion(const struct word *words, unsigned count, const unsigned ends[3])
{
    unsigned bits = 0;

    for (unsigned i = 0; i < count; i++) {
        if (word_matches(&words[i], ends[0], ends[1], ends[2]))
            bits |= 1u << words[i].name;
    }
    return bits & 1 ? 0 : bits;
}

static unsigned opinion(const struct su_filter_set *set, const struct su_view *view)
{
    unsigned bits = 0;

    for (unsigned i = 0; i < su_filter_set_count(set); i++) {
        if (su_filter_set_match(set, i, NULL, view))
            bits |= 1u << (su_filter_set_name(set, i)[0] - 'a' + 1);
    }
    return bits;
}

static void shuffle(struct word *words, unsigned count)
{
    for (unsigned i = count - 1; i > 0; i--) {
        unsigned j = draw(i + 1);
        struct word kept = words[i];

        words[i] = words[j];
        words[j] = kept;
    }
}

static struct su_filter_set *set_of(const struct word *words, unsigned count)
{
    GString *text = g_string_new("");
    struct su_filter_set *set;

    for (unsigned i = 0; i < count; i++)
        write_word(text, &words[i]);
    set = must_parse(text->str);
    g_string_free(text, TRUE);
    return set;
}

/** Both sets, made of the same words in another order, agree with the second opinion. Returns how
 *  many connections were counted in a filter. */
static unsigned compare(const struct su_filter_set *set, const struct su_filter_set *shuffled,
                        const struct word *words, unsigned count)
{
    unsigned counted = 0;

    for (unsigned i = 0; i < CONNECTIONS; i++) {
        unsigned family = draw(2) * 4;
        const unsigned ends[3] = {family + draw(4), family + draw(4), draw(5)};
        char *text = g_strdup_printf("%s.999 > %s.%u", hosts[ends[0]], hosts[ends[1]], ends[2]);
        unsigned expected = second_opinion(words, count, ends);
        struct connection connection;

        connect_sockets(&connection, text);
        assert_int_equal(opinion(set, &connection.view), expected);
        assert_int_equal(opinion(shuffled, &connection.view), expected);
        counted += expected != 0;
        g_free(text);
    }
    return counted;
}

static void order_does_not_matter(void **state)
{
    unsigned counted = 0;

    (void)state;
    random_state = 12345;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct word words[WORDS_MAX];
        unsigned count = 1 + draw(WORDS_MAX);
        struct su_filter_set *set;
        struct su_filter_set *shuffled;

        for (unsigned i = 0; i < count; i++)
            draw_word(&words[i]);
        words[0].name = 1; /* else there may be none, and RX and TX would be there */
        set = set_of(words, count);
        shuffle(words, count);
        shuffled = set_of(words, count);
        counted += compare(set, shuffled, words, count);
        su_filter_set_free(set);
        su_filter_set_free(shuffled);
    }
    /* The comparison is worth something: both answers are common. */
    assert_true(counted >= ROUNDS * CONNECTIONS / 5 && counted <= ROUNDS * CONNECTIONS * 4 / 5);
}

/* ---- rows of a table --------------------------------------------------------------------- */

static const struct {
    struct su_filter_row row;
    const char *wrong; /* how the complaint begins; NULL: it is right */
} row_table[] = {
    {{"web", "10.0.0.0/8, 2001:db8::/32", "80, 443", SU_DIRECTION_RX}, NULL                                     },
    {{"two words", "10.0.0.1 10.0.0.2", "80 443", SU_DIRECTION_TX},    NULL                                     },
    {{"a:b", "[2001:db8::]/32", "8000-8099", SU_DIRECTION_TX},         NULL                                     },
    {{NULL, NULL, NULL, SU_DIRECTION_TX},                              NULL                                     },
    {{"", "", "", SU_DIRECTION_RX},                                    NULL                                     },
    {{" ", " ", " ", SU_DIRECTION_RX},                                 NULL                                     },
    {{"all", "%", "*", SU_DIRECTION_RX},                               NULL                                     },
    {{"a\xff", "%", "*", SU_DIRECTION_RX},                             "Name: character 1, \"a\xef\xbf\xbd\": " },
    {{"a", "10.0.0.0/8, 10.0.0", "80", SU_DIRECTION_RX},               "Peer networks: character 13, \"10.0.0\""},
    {{"a", "10.0.0.0/40", "80", SU_DIRECTION_RX},                      "Peer networks: character 9, \"/40\""    },
    {{"a", "10.0.0.1,", "80", SU_DIRECTION_RX},                        "Peer networks: character 10, the end"   },
    {{"a", ",10.0.0.1", "80", SU_DIRECTION_RX},                        "Peer networks: character 1"             },
    {{"a", "10.0.0.1,,10.0.0.2", "80", SU_DIRECTION_RX},               "Peer networks: character 10"            },
    {{"a", "10.0.0.1;10.0.0.2", "80", SU_DIRECTION_RX},                "Peer networks: character 1, \"10.0.0.1;"},
    {{"a", "%", "80:443", SU_DIRECTION_RX},                            "Server ports: character 1, \"80:443\""  },
    {{"a", "%", "80, 0", SU_DIRECTION_RX},                             "Server ports: character 5, \"0\""       },
    {{"a", "%", "80,", SU_DIRECTION_RX},                               "Server ports: character 4, the end"     },
    {{"a", "%", "http", SU_DIRECTION_RX},                              "Server ports: character 1, \"http\""    },
    {{"a", "%", "90-80", SU_DIRECTION_RX},                             "Server ports: character 1, \"90-80\""   },
};

static void rows_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(row_table); i++) {
        struct su_filter_set *set = su_filter_set_default();
        char *error = NULL;
        bool right = su_filter_set_add_rule(set, &row_table[i].row, &error);
        char *names;

        assert_int_equal(right, row_table[i].wrong == NULL);
        if (!right && !g_str_has_prefix(error, row_table[i].wrong))
            fail_msg("\"%s\" instead of \"%s\"", error, row_table[i].wrong);
        names = names_of(set);
        if (!right) /* as before */
            assert_string_equal(names, "RX TX");
        g_free(names);
        g_free(error);
        su_filter_set_free(set);
    }
}

/* The same filters as a table and as an expression. */
static const char as_expression[] =
    "web:RX@10.0.0.0/30:1:2,[fd00::]/64:1:2 all:TX@%:% :TX@10.0.0.2:2-3,[fd01::1]:2-3 web:TX@%:4";
static const struct su_filter_row as_rows[] = {
    {"web",   "10.0.0.0/30, fd00::/64", "1, 2", SU_DIRECTION_RX},
    {" all ", NULL,                     "%",    SU_DIRECTION_TX},
    {"",      "10.0.0.2 [fd01::1]",     "2-3",  SU_DIRECTION_TX},
    {"web",   "",                       "4",    SU_DIRECTION_TX},
};

static struct su_filter_set *set_of_rows(void)
{
    struct su_filter_set *set = su_filter_set_default();
    char *error = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(as_rows); i++)
        assert_true(su_filter_set_add_rule(set, &as_rows[i], &error));
    return set;
}

static void rows_count_like_expressions(void **state)
{
    struct su_filter_set *one = must_parse(as_expression);
    struct su_filter_set *other = set_of_rows();
    struct su_networks *local = must_list("10.0.0.0/31 fd00::1");

    (void)state;
    random_state = 777;
    for (unsigned i = 0; i < 2000; i++) {
        unsigned family = draw(2) * 4;
        char *text = g_strdup_printf("%s.9 > %s.%u", hosts[family + draw(4)],
                                     hosts[family + draw(4)], draw(6));
        const struct su_networks *we = draw(2) ? local : NULL;
        struct connection connection;
        char *in_one;
        char *in_other;

        connect_sockets(&connection, text);
        in_one = counted_in(one, we, &connection.view);
        in_other = counted_in(other, we, &connection.view);
        assert_string_equal(in_one, in_other);
        g_free(in_one);
        g_free(in_other);
        g_free(text);
    }
    su_networks_free(local);
    su_filter_set_free(one);
    su_filter_set_free(other);
}

static void failed_row_leaves_no_trace(void **state)
{
    struct su_filter_set *set = must_parse("a:RX@%:80");
    const struct su_filter_row broken = {"a", "%", "443, x", SU_DIRECTION_RX};
    const struct su_filter_row right = {"b", "%", "22", SU_DIRECTION_RX};
    struct connection connection;
    char *error = NULL;
    char *names;

    (void)state;
    connect_sockets(&connection, "10.0.0.1.9 > 10.0.0.2.443");
    assert_false(su_filter_set_add_rule(set, &broken, &error));
    g_free(error);
    error = NULL;
    assert_true(su_filter_set_add_rule(set, &right, &error));
    names = counted_in(set, NULL, &connection.view);
    assert_string_equal(names, "");
    g_free(names);
    su_filter_set_free(set);
}

/* ---- networks ---------------------------------------------------------------------------- */

static void lists_of_networks(void **state)
{
    struct su_networks *list = must_list("10.0.0.0/8, 2001:db8::/32\t192.0.2.1 ,[fd00::1]");
    struct su_networks *empty = must_list(NULL);
    struct connection in;
    struct connection out;

    (void)state;
    assert_int_equal(su_networks_count(list), 4);
    assert_int_equal(su_networks_count(empty), 0);
    assert_int_equal(su_networks_count(NULL), 0);
    connect_sockets(&in, "10.255.0.1.1 > 192.0.2.1.1");
    connect_sockets(&out, "11.0.0.1.1 > 192.0.2.2.1");
    assert_true(su_networks_match(list, in.client, 4));
    assert_true(su_networks_match(list, in.server, 4));
    assert_false(su_networks_match(list, out.client, 4));
    assert_false(su_networks_match(list, out.server, 4));
    assert_false(su_networks_match(empty, in.client, 4));
    assert_false(su_networks_match(NULL, in.client, 4));
    connect_sockets(&in, "2001:db8:1::1.1 > fd00::1.1");
    connect_sockets(&out, "2001:db7::1.1 > fd00::2.1");
    assert_true(su_networks_match(list, in.client, 6));
    assert_true(su_networks_match(list, in.server, 6));
    assert_false(su_networks_match(list, out.client, 6));
    assert_false(su_networks_match(list, out.server, 6));
    su_networks_free(list);
    su_networks_free(empty);
}

/** Every prefix length: an address is part of the network unless a bit within the prefix differs.
 */
static void every_prefix_length(void **state)
{
    (void)state;
    for (unsigned version = 4; version <= 6; version += 2) {
        unsigned bits = version == 4 ? 32 : 128;

        for (unsigned prefix = 0; prefix <= bits; prefix++) {
            char *text =
                g_strdup_printf(version == 4 ? "165.90.195.60/%u" : "a55a:c33c::f0f0/%u", prefix);
            struct su_networks *list = must_list(text);
            uint8_t address[16];

            *strchr(text, '/') = '\0';
            for (unsigned bit = 0; bit < bits; bit++) {
                assert_int_equal(inet_pton(version == 4 ? AF_INET : AF_INET6, text, address), 1);
                assert_true(su_networks_match(list, address, version));
                address[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
                assert_int_equal(su_networks_match(list, address, version), bit >= prefix);
            }
            su_networks_free(list);
            g_free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_good_expressions),    cmocka_unit_test(refuses_bad_expressions),
        cmocka_unit_test(complaints_stay_readable),    cmocka_unit_test(refuses_too_many_names),
        cmocka_unit_test(counts_what_matches),         cmocka_unit_test(report_sees_the_same),
        cmocka_unit_test(order_does_not_matter),       cmocka_unit_test(rows_are_judged),
        cmocka_unit_test(rows_count_like_expressions), cmocka_unit_test(failed_row_leaves_no_trace),
        cmocka_unit_test(lists_of_networks),           cmocka_unit_test(every_prefix_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
