"""Long streams of no protocol in particular, for bench/capture: bulk.py serve|fetch ADDRESS CONNECTIONS

The server sends 64 MB on each of so many connections at once, at a rate that a capture can follow.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import socket
import sys
import threading
import time

PORT = 5201
PIECE = bytes(64 * 1024)
PIECES = 1024
PAUSE = 0.006  # between two pieces


def send(connection):
    with connection:
        for _ in range(PIECES):
            connection.sendall(PIECE)
            time.sleep(PAUSE)


def fetch(address):
    with socket.create_connection((address, PORT)) as connection:
        while connection.recv(1 << 20):
            pass


def serve(address, connections):
    with socket.create_server((address, PORT), backlog=connections) as listener:
        for _ in range(connections):
            threading.Thread(target=send, args=(listener.accept()[0],)).start()


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("serve", "fetch"):
        sys.exit("usage: bulk.py serve|fetch ADDRESS CONNECTIONS")
    address, connections = sys.argv[2], int(sys.argv[3])
    if sys.argv[1] == "serve":
        serve(address, connections)
        return
    for _ in range(connections):
        threading.Thread(target=fetch, args=(address,)).start()


if __name__ == "__main__":
    main()
