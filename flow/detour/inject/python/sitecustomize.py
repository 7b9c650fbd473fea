"""Loaded into every Python that `layersim exec` starts, by PYTHONPATH.

plaid-python does not read HTTPS_PROXY, so names are where connections to
Plaid's hosts turn off: looked up, they are the simulator's address. Everything
else goes its usual way.
"""


def _detour():
    import json
    import os
    import socket
    import ssl

    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(folder, "detour.json"), encoding="utf-8") as file:
        settings = json.load(file)
    authority = os.path.join(folder, "ca.pem")

    def is_plaid(name):
        if isinstance(name, bytes):
            name = name.decode("ascii", "replace")
        return isinstance(name, str) and name.lower().rstrip(".") in settings["hosts"]

    look_up = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if is_plaid(host) and port in (443, "443", "https"):
            host, port = "127.0.0.1", settings["port"]
        return look_up(host, port, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo

    # Clients bring their own lists of authorities (certifi); for these hosts,
    # and only for them, ours is added.
    def trusting(wrap):
        def wrapped(self, *args, **kwargs):
            if is_plaid(kwargs.get("server_hostname")):
                self.load_verify_locations(cafile=authority)
            return wrap(self, *args, **kwargs)

        return wrapped

    ssl.SSLContext.wrap_socket = trusting(ssl.SSLContext.wrap_socket)
    ssl.SSLContext.wrap_bio = trusting(ssl.SSLContext.wrap_bio)


def _next():
    """Runs the sitecustomize that this one stands before, if there is one."""
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != here]
    ours = sys.modules.pop(__name__)
    try:
        import sitecustomize  # noqa: F401
    except ModuleNotFoundError as e:
        if e.name != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault(__name__, ours)


try:
    _detour()
except ImportError:
    pass  # a Python built without ssl cannot speak to Plaid anyway
_next()
