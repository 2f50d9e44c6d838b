"""The sandbox as a Flask application, and its doors."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from waitress.channel import ClientDisconnected

from webapp.sandbox import (
    comments,
    controls,
    drafts,
    mass,
    materials,
    phone,
    publish,
    quota_calls,
    stats,
    tokens,
)
from webapp.sandbox.background import Background
from webapp.sandbox.config import SandboxConfig
from webapp.sandbox.dispatch import Dispatcher
from webapp.sandbox.errors import Dropped
from webapp.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENDPOINTS = (
    *tokens.ENDPOINTS,
    *quota_calls.ENDPOINTS,
    *materials.ENDPOINTS,
    *drafts.ENDPOINTS,
    *publish.ENDPOINTS,
    *mass.ENDPOINTS,
    *comments.ENDPOINTS,
    *stats.ENDPOINTS,
)
MAX_REQUEST_BYTES = 32 * 1024 * 1024
DROP = "sandbox.drop"


def create_sandbox(config: SandboxConfig) -> Flask:
    """`app.extensions["sandbox"]` is the Sandbox; its `stop()` ends the background work, which begins with the first
    request."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    sandbox = Sandbox(config)
    background = Background(sandbox)
    app.extensions["sandbox"] = sandbox
    app.extensions["sandbox_background"] = background
    app.before_request(lambda: _wake(sandbox, background))
    app.register_blueprint(controls.blueprint(sandbox))
    app.register_blueprint(phone.blueprint(sandbox))
    _open_api(app, Dispatcher(sandbox, ENDPOINTS))
    app.errorhandler(Dropped)(_drop)
    app.wsgi_app = DropConnections(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _wake(sandbox: Sandbox, background: Background) -> None:
    sandbox.listens_at(request.host_url)
    background.start()


def _open_api(app: Flask, dispatcher: Dispatcher) -> None:
    for root in ("cgi-bin", "datacube"):
        app.add_url_rule(
            f"/{root}/<path:rest>",
            root,
            lambda rest, root=root: dispatcher.handle(f"/{root}/{rest}"),
            methods=["GET", "POST", "PUT", "DELETE"],
        )


def _drop(_: Dropped) -> Response:
    request.environ[DROP] = True
    return Response(status=500)


class DropConnections:
    """Waitress closes the socket without a byte when the application says that the client is gone.

    https://docs.pylonsproject.org/projects/waitress/ 3.0: `HTTPChannel.service` catches ClientDisconnected that way. Under
    another server the exception makes a plain 500.
    """

    def __init__(self, wsgi_app: "WSGIApplication") -> None:
        self._app = wsgi_app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        answered = self._app(environ, start_response)
        if environ.get(DROP):
            raise ClientDisconnected
        return answered
