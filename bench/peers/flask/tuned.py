"""One replica of the same design, written by an expert in Flask, gunicorn and MySQL.

A visit is one transaction: the database increments the counter, and the row gets the new number, so nothing is lost and no
number is missing. The whole transaction takes one round trip, because all others wait while it holds the counter's row. Each
thread keeps its connection. A request id that was counted already, as in a balancer's second try, is not counted again.
"""

import hashlib
import os
import threading
import uuid
from urllib.parse import unquote, urlsplit

import MySQLdb
from MySQLdb.constants import CLIENT, CR, ER
from flask import Flask, Response, request

SERVER_IP, PORT = os.environ["SERVER_IP"], os.environ["PORT"]
SID = hashlib.md5(f"{SERVER_IP}:{PORT}".encode()).hexdigest()
DATABASE = urlsplit(os.environ["DATABASE_URL"])

COUNT_VISIT = """
    start transaction;
    update global_counter set value = last_insert_id(value + 1) where id = 1;
    insert into access_log (number, request_id, time, client_ip, server_ip, sid)
        values (last_insert_id(), %s, utc_timestamp(3), %s, %s, %s);
    commit
"""

app = Flask(__name__)
of_thread = threading.local()


def connect():
    return MySQLdb.connect(
        host=DATABASE.hostname,
        port=DATABASE.port or 3306,
        user=unquote(DATABASE.username),
        password=unquote(DATABASE.password or ""),
        database=DATABASE.path[1:],
        autocommit=True,
        client_flag=CLIENT.MULTI_STATEMENTS,
    )


def run(sql, values=()):
    """Runs statements on the thread's connection, reconnecting if it was lost, and returns the rows of the first one."""
    for attempt in (1, 2):
        try:
            if not hasattr(of_thread, "connection"):
                of_thread.connection = connect()
            cursor = of_thread.connection.cursor()
            cursor.execute(sql, values)
            rows = cursor.fetchall()
            while cursor.nextset() is not None:
                pass
            cursor.close()
            return rows
        except MySQLdb.OperationalError as error:
            if error.args[0] not in (CR.SERVER_GONE_ERROR, CR.SERVER_LOST) or attempt == 2:
                raise
            del of_thread.connection


def count_visit(request_id, client_ip):
    try:
        run(COUNT_VISIT, (request_id, client_ip, SERVER_IP, SID))
    except MySQLdb.Error as error:
        of_thread.connection.rollback()
        if error.args[0] != ER.DUP_ENTRY:
            raise


@app.get("/")
def visit():
    # HEAD requests come here, too, and count nothing.
    if request.method == "GET":
        headers = request.headers
        count_visit(headers.get("X-Request-ID") or uuid.uuid4().hex, headers.get("X-Real-IP") or request.remote_addr)
    return Response(f"{SERVER_IP}\n", mimetype="text/plain")


@app.get("/showcount")
def show_count():
    ((value,),) = run("select value from global_counter where id = 1")
    return Response(f"{value}\n", mimetype="text/plain")
