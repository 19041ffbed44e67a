"""Connections of this host with itself: COUNT that are served, and COUNT that are refused.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import socket
import sys
import threading


def serve(listener, count):
    for _ in range(count):
        with listener.accept()[0] as connection:
            connection.sendall(connection.recv(100))


def main(count):
    listener = socket.create_server(("127.0.0.1", 0))
    server = threading.Thread(target=serve, args=(listener, count))
    server.start()
    for _ in range(count):
        with socket.create_connection(listener.getsockname()) as connection:
            connection.sendall(b"hello")
            while connection.recv(100):
                pass
    server.join()
    where = listener.getsockname()
    listener.close()
    assert all(socket.socket().connect_ex(where) != 0 for _ in range(count))


main(int(sys.argv[1]))
