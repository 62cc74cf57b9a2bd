"""One replica of a typical small Flask project with a counter: it reads the counter, adds one in Python and writes it back.

Nothing prevents two requests from reading the same value, so updates are lost. It runs on Flask's own server, with a thread
for each request and a pool of five connections, which raises an error when all are taken. mysql.connector creates such a pool
by default. Debian 12 has no package of it, so the class Pool does the same with PyMySQL.

The balancer sets the cookie, so this app sets none.
"""

import hashlib
import os
import queue
import uuid
from urllib.parse import unquote, urlsplit

import pymysql
from flask import Flask, Response, request

SERVER_IP, PORT = os.environ["SERVER_IP"], os.environ["PORT"]
SID = hashlib.md5(f"{SERVER_IP}:{PORT}".encode()).hexdigest()
DATABASE = urlsplit(os.environ["DATABASE_URL"])
POOL_SIZE = 5

app = Flask(__name__)


class PoolError(Exception):
    """All connections are taken."""


class Pool:
    """Like mysql.connector's pool: it connects at the start, resets returned connections, and never waits for a free one."""

    def __init__(self, size):
        self.free = queue.Queue(size)
        for _ in range(size):
            self.free.put(connect())

    def take(self):
        try:
            return self.free.get_nowait()
        except queue.Empty:
            raise PoolError("Failed getting connection; pool exhausted") from None

    def give_back(self, connection):
        connection.rollback()
        self.free.put(connection)


def connect():
    return pymysql.connect(
        host=DATABASE.hostname,
        port=DATABASE.port or 3306,
        user=unquote(DATABASE.username),
        password=unquote(DATABASE.password or ""),
        database=DATABASE.path[1:],
    )


pool = Pool(POOL_SIZE)


@app.route("/")
def visit():
    connection = pool.take()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT value FROM global_counter WHERE id = 1")
        (value,) = cursor.fetchone()
        cursor.execute("UPDATE global_counter SET value = %s WHERE id = 1", (value + 1,))
        # The database numbers the rows, as is usual for such a log.
        cursor.execute(
            "INSERT INTO access_log (request_id, time, client_ip, server_ip, sid) VALUES (%s, UTC_TIMESTAMP(3), %s, %s, %s)",
            (uuid.uuid4().hex, request.headers.get("X-Real-IP", request.remote_addr), SERVER_IP, SID),
        )
        connection.commit()
    finally:
        pool.give_back(connection)
    return Response(SERVER_IP, mimetype="text/plain")


@app.route("/showcount")
def show_count():
    connection = pool.take()
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT value FROM global_counter WHERE id = 1")
        (value,) = cursor.fetchone()
    finally:
        pool.give_back(connection)
    return Response(str(value), mimetype="text/plain")


if __name__ == "__main__":
    app.run(host=SERVER_IP, port=int(PORT), threaded=True)
