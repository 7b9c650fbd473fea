"""Python's clients, by name: python3 python.py urllib|urllib3|requests|asyncio.

plaid-python is urllib3 without a proxy. Where urllib3 and requests are not
installed, the ones that pip brings along are the same code.
"""

import asyncio
import json
import os
import ssl
import sys
import urllib.request

BODY = json.dumps({
    "client_id": os.environ["PLAID_CLIENT_ID"],
    "secret": os.environ["PLAID_SECRET"],
    "template_id": os.environ["LAYER_TEMPLATE_ID"],
    "user": {"client_user_id": "user-1"},
}).encode()
HEADERS = {"Content-Type": "application/json"}
URL = "https://sandbox.plaid.com/session/token/create"


def with_urllib():
    with urllib.request.urlopen(urllib.request.Request(URL, BODY, HEADERS)) as answer:
        print(answer.read().decode())


def with_urllib3():
    try:
        import urllib3
    except ImportError:
        from pip._vendor import urllib3
    pool = urllib3.PoolManager(cert_reqs=ssl.CERT_REQUIRED, ca_certs=None)
    print(pool.request("POST", URL, body=BODY, headers=HEADERS).data.decode())


def with_certifi():
    try:
        import certifi
        import urllib3
    except ImportError:
        from pip._vendor import certifi, urllib3
    pool = urllib3.PoolManager(cert_reqs=ssl.CERT_REQUIRED, ca_certs=certifi.where())
    print(pool.request("POST", URL, body=BODY, headers=HEADERS).data.decode())


def with_requests():
    try:
        import requests
    except ImportError:
        from pip._vendor import requests
    print(requests.post(URL, data=BODY, headers=HEADERS).text)


def with_asyncio():
    async def main():
        reader, writer = await asyncio.open_connection("sandbox.plaid.com", 443, ssl=ssl.create_default_context())
        head = f"POST /session/token/create HTTP/1.1\r\nHost: sandbox.plaid.com\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
        writer.write(head.encode() + BODY)
        print((await reader.read()).decode())
        writer.close()

    asyncio.run(main())


globals()["with_" + sys.argv[1]]()
