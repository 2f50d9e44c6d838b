"""A local official account that answers as the WeChat server API does.

It stands alone: it imports nothing from the rest of the product and shares no code with the client, so that a
mistake about the platform has to be made twice before a test believes it.

What is known for certain is documented at https://developers.weixin.qq.com/doc/service/api/ (read 2026-11). Where the
documentation is silent the sandbox takes the harsher reading, and the docstring at that place says so.

Rooms, from the ground up: config, errors | records | store, pictures | settings, faults | sandbox (all of those in
one object) | calls (a request, its endpoint, its answer) | one module per subject (tokens, quota, materials, drafts,
publish, mass, comments, stats, with limits, sanitise and articles beneath) | events, callback | dispatch | controls,
phone | app, server.
"""
