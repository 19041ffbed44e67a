/* storm.c: makes up TCP connections by the ten thousand a second, and sends both sides of them from
 * one interface: storm INTERFACE CONNECTIONS_PER_SECOND SECONDS. Wants CAP_NET_RAW.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    SYN = 0x02,
    ACK = 0x10,
    FIN = 0x01,
    PACKETS = 6,
    OCTETS = 60,
    BATCH = 8,
    FRAMES = BATCH * PACKETS
};

/* A connection: who sends what, and the numbers relative to both sides' first ones. */
static const struct {
    uint8_t from_server, flags;
    uint8_t seq, ack;
} script[PACKETS] = {
    {0, SYN,       0, 0},
    {1, SYN | ACK, 0, 1},
    {0, ACK,       1, 1},
    {0, FIN | ACK, 1, 1},
    {1, FIN | ACK, 1, 2},
    {0, ACK,       2, 2},
};

static uint8_t frames[FRAMES][OCTETS];
static struct iovec parts[FRAMES];
static struct mmsghdr messages[FRAMES];

static uint32_t sum16(const uint8_t *data, size_t octets)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < octets; i += 2)
        sum += (uint32_t)data[i] << 8 | data[i + 1];
    return sum;
}

static void put_checksum(uint8_t *place, uint32_t sum)
{
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = ~((sum & 0xFFFF) + (sum >> 16));
    place[0] = (uint8_t)(sum >> 8);
    place[1] = (uint8_t)sum;
}

static void put32(uint8_t *place, uint32_t value)
{
    value = htonl(value);
    memcpy(place, &value, sizeof value);
}

static void put16(uint8_t *place, uint16_t value)
{
    place[0] = (uint8_t)(value >> 8);
    place[1] = (uint8_t)value;
}

static void make_frame(uint8_t *frame, uint64_t connection, int step)
{
    uint32_t client = 0x0A000000u | (uint32_t)(connection / 60000 & 0xFFFF) << 4 | 1;
    uint16_t port = (uint16_t)(1024 + connection % 60000);
    uint32_t server = 0xC0A80001u + (uint32_t)(connection % 16);
    int back = script[step].from_server;
    uint32_t isn[2] = {(uint32_t)connection * 2654435761u, (uint32_t)connection * 40503u + 7};
    uint8_t *ip = frame + 14;
    uint8_t *tcp = ip + 20;

    memset(frame, 0, OCTETS);
    memcpy(frame, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", 14);
    memcpy(ip, "\x45\0\0\x28\0\0\x40\0\x40\x06", 10);
    put32(ip + 12, back ? server : client);
    put32(ip + 16, back ? client : server);
    put_checksum(ip + 10, sum16(ip, 20));
    put16(tcp, back ? 80 : port);
    put16(tcp + 2, back ? port : 80);
    put32(tcp + 4, isn[back] + script[step].seq);
    put32(tcp + 8, script[step].flags & ACK ? isn[!back] + script[step].ack : 0);
    tcp[12] = 0x50;
    tcp[13] = script[step].flags;
    put16(tcp + 14, 64000);
    put_checksum(tcp + 16, sum16(ip + 12, 8) + 6 + 20 + sum16(tcp, 20));
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int open_wire(const char *interface)
{
    int wire = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_ifindex = (int)if_nametoindex(interface),
    };

    if (wire < 0 || bind(wire, (struct sockaddr *)&address, sizeof address) != 0) {
        perror(interface);
        exit(1);
    }
    return wire;
}

/* A batch: the same step of all its connections, one step after the other. */
static uint64_t send_batch(int wire, uint64_t connection)
{
    int sent = 0;

    for (int step = 0; step < PACKETS; step++)
        for (int i = 0; i < BATCH; i++)
            make_frame(frames[step * BATCH + i], connection + (uint64_t)i, step);
    while (sent < FRAMES) {
        int more = sendmmsg(wire, messages + sent, (unsigned)(FRAMES - sent), 0);

        if (more > 0)
            sent += more;
        else
            usleep(50); /* no buffers */
    }
    return connection + BATCH;
}

int main(int argc, char **argv)
{
    double rate = argc == 4 ? strtod(argv[2], NULL) : 0;
    double seconds = argc == 4 ? strtod(argv[3], NULL) : 0;
    uint64_t connection = 0;
    double begin;
    int wire;

    if (rate <= 0 || seconds <= 0) {
        fprintf(stderr, "usage: storm INTERFACE CONNECTIONS_PER_SECOND SECONDS\n");
        return 1;
    }
    wire = open_wire(argv[1]);
    for (int i = 0; i < FRAMES; i++) {
        parts[i] = (struct iovec){frames[i], OCTETS};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    begin = now();
    while (now() - begin < seconds) {
        if ((double)connection < (now() - begin) * rate)
            connection = send_batch(wire, connection);
        else
            usleep(200);
    }
    printf("%llu connections in %.2f s\n", (unsigned long long)connection, now() - begin);
    return 0;
}
