/* networks.c: reads addresses, networks and lists of them, and finds addresses in them.
 * IPv4 and IPv6 stay apart: ::ffff:192.0.2.1 is not 192.0.2.1. Host bits beyond the prefix are
 * ignored, as display filters do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "networks.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

enum { IPV4_OCTETS = 4, IPV6_OCTETS = 16, ADDRESS_TEXT_MAX = INET6_ADDRSTRLEN };

#define EXAMPLES                                                                                   \
    "192.0.2.1, 192.0.2.0/24, [2001:db8::1] or [2001:db8::/32]; % and * stand for all addresses"

static const char no_address[] = "an IP address or network is expected, such as " EXAMPLES;
static const char no_ipv6[] =
    "brackets hold an IPv6 address or network, such as [2001:db8::1] or [2001:db8::/32]";
static const char no_bracket[] =
    "the closing ] is missing, an IPv6 network is written as [2001:db8::/32]";
static const char after_bracket[] =
    "only a prefix may follow the ] of an address, as in [2001:db8::]/32";
static const char two_prefixes[] =
    "a network has one prefix, inside or after the brackets: [2001:db8::/32] or [2001:db8::]/32";
static const char ipv4_prefix[] =
    "the prefix of an IPv4 network is a number from 0 to 32, as in 192.0.2.0/24";
static const char ipv6_prefix[] =
    "the prefix of an IPv6 network is a number from 0 to 128, as in [2001:db8::/32]";

/* ---- one network ------------------------------------------------------------------------- */

/** A network's text, cut up. */
struct parts {
    struct su_piece address;
    struct su_piece prefix; /* with its slash; empty: there is none */
    bool bracketed;
};

static const char *cut_bracketed(struct su_piece piece, struct parts *parts, struct su_piece *wrong)
{
    struct su_piece rest = su_piece_after(piece, 1);
    struct su_piece inner = su_piece_until(&rest, "]");
    struct su_piece outer = su_piece_after(rest, 1);

    *wrong = piece;
    if (rest.length == 0)
        return no_bracket;
    parts->bracketed = true;
    parts->address = su_piece_until(&inner, "/");
    parts->prefix = inner.length > 0 ? inner : outer;
    *wrong = outer;
    if (outer.length > 0 && *outer.start != '/')
        return after_bracket;
    return inner.length > 0 && outer.length > 0 ? two_prefixes : NULL;
}

static const char *cut(struct su_piece piece, struct parts *parts, struct su_piece *wrong)
{
    if (piece.length > 0 && *piece.start == '[')
        return cut_bracketed(piece, parts, wrong);
    parts->address = su_piece_until(&piece, "/");
    parts->prefix = piece;
    return NULL;
}

static const char *read_address(const struct parts *parts, struct su_network *network)
{
    char text[ADDRESS_TEXT_MAX];
    bool ipv6 = memchr(parts->address.start, ':', parts->address.length) != NULL;

    if (parts->bracketed && !ipv6)
        return no_ipv6;
    if (parts->address.length >= sizeof(text))
        return parts->bracketed ? no_ipv6 : no_address;
    memcpy(text, parts->address.start, parts->address.length);
    text[parts->address.length] = '\0';
    if (inet_pton(ipv6 ? AF_INET6 : AF_INET, text, network->address) != 1)
        return parts->bracketed ? no_ipv6 : no_address;
    network->octets = ipv6 ? IPV6_OCTETS : IPV4_OCTETS;
    return NULL;
}

static const char *read_prefix(struct su_piece prefix, struct su_network *network)
{
    unsigned bits = network->octets * 8u;
    unsigned value = bits;

    if (prefix.length > 0 && !su_piece_number(su_piece_after(prefix, 1), bits, &value))
        return network->octets == IPV4_OCTETS ? ipv4_prefix : ipv6_prefix;
    network->prefix = (uint8_t)value;
    return NULL;
}

/** The bits of octet `i` that belong to the prefix. */
static uint8_t mask(unsigned prefix, unsigned i)
{
    unsigned bits = prefix > i * 8 ? MIN(prefix - i * 8, 8u) : 0;

    return (uint8_t)(0xFF00u >> bits);
}

const char *su_network_read(struct su_piece piece, struct su_network *network,
                            struct su_piece *wrong)
{
    struct parts parts = {.bracketed = false};
    const char *expected;

    *network = (struct su_network){.octets = 0};
    if (su_piece_is(piece, "%") || su_piece_is(piece, "*"))
        return NULL;
    expected = cut(piece, &parts, wrong);
    if (expected)
        return expected;
    *wrong = parts.address;
    expected = read_address(&parts, network);
    if (expected)
        return expected;
    *wrong = parts.prefix;
    return read_prefix(parts.prefix, network);
}

bool su_network_match(const struct su_network *network, const uint8_t *address, unsigned ip_version)
{
    unsigned octets = ip_version == 4 ? IPV4_OCTETS : IPV6_OCTETS;
    unsigned difference = 0;

    if (network->octets == 0)
        return true;
    if (network->octets != octets)
        return false;
    for (unsigned i = 0; i * 8 < network->prefix; i++)
        difference |= (address[i] ^ network->address[i]) & mask(network->prefix, i);
    return difference == 0;
}

/* ---- lists ------------------------------------------------------------------------------- */

struct su_networks {
    GArray *items; /* struct su_network */
};

static const char *add(struct su_piece entry, void *user, struct su_piece *wrong)
{
    struct su_networks *networks = user;
    struct su_network network;
    const char *expected = su_network_read(entry, &network, wrong);

    if (!expected)
        g_array_append_val(networks->items, network);
    return expected;
}

struct su_networks *su_networks_parse(const char *text, char **error)
{
    struct su_networks *networks = g_new0(struct su_networks, 1);

    networks->items = g_array_new(FALSE, FALSE, sizeof(struct su_network));
    if (su_piece_read_list(text, add, networks, error))
        return networks;
    su_networks_free(networks);
    return NULL;
}

void su_networks_free(struct su_networks *networks)
{
    if (!networks)
        return;
    g_array_free(networks->items, TRUE);
    g_free(networks);
}

size_t su_networks_count(const struct su_networks *networks)
{
    return networks ? networks->items->len : 0;
}

const struct su_network *su_networks_get(const struct su_networks *networks, size_t i)
{
    return &g_array_index(networks->items, struct su_network, i);
}

bool su_networks_match(const struct su_networks *networks, const uint8_t *address,
                       unsigned ip_version)
{
    for (size_t i = 0; i < su_networks_count(networks); i++) {
        if (su_network_match(su_networks_get(networks, i), address, ip_version))
            return true;
    }
    return false;
}
