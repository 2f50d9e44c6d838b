"""gunicorn for the grown set-up: `gunicorn -c config/gunicorn.conf.py 'webapp.serving:wsgi()'`."""

import os

bind = os.environ.get("TONGXIN_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "gthread"
threads = 8
# Longer than the slowest request, which is the upload of a large picture; seconds.
timeout = 120
max_requests = 5_000
max_requests_jitter = 500
