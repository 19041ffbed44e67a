/* networks.h: addresses and networks as users write them, and lists of them.
 * IPv4 and IPv6; knows addresses as octets only, nothing of connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_SCHEMA_NETWORKS_H
#define SU_SCHEMA_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "piece.h"

/** All addresses that begin with the same bits; one alone if that is all of them. */
struct su_network {
    uint8_t address[16]; /* network order; bits beyond the prefix do not count */
    uint8_t octets;      /* 4, 16, or 0: every address of either kind */
    uint8_t prefix;      /* bits that count */
};

/** Read one of: % * 192.0.2.1 192.0.2.0/24 2001:db8::1 2001:db8::/32, IPv6 also in brackets, with
 *  the prefix inside or after them. An address within a network names that network. NULL if that
 *  went well; otherwise as su_piece_reader says. */
const char *su_network_read(struct su_piece piece, struct su_network *network,
                            struct su_piece *wrong);

/** Is the address, of IP version 4 or 6, part of it? */
bool su_network_match(const struct su_network *network, const uint8_t *address,
                      unsigned ip_version);

struct su_networks;

/** Read a list: "10.0.0.0/8, 2001:db8::/32, 192.0.2.1". An empty text is an empty list. On failure
 *  NULL, and `error` says what is wrong; the caller frees it with g_free(). */
struct su_networks *su_networks_parse(const char *text, char **error);
void su_networks_free(struct su_networks *networks);

/** NULL counts 0. */
size_t su_networks_count(const struct su_networks *networks);
const struct su_network *su_networks_get(const struct su_networks *networks, size_t i);

/** Is the address part of any? An empty list has no address. */
bool su_networks_match(const struct su_networks *networks, const uint8_t *address,
                       unsigned ip_version);

#endif
