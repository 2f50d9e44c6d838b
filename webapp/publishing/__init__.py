"""Publishing: one push of an edition, exactly once.

The rows are the truth. Before each remote call its intent is committed as a `PublicationStep`; after it the result. A step
without a result is *unknown*: `worker` first looks at the platform for the marker that every article carries, and only
then decides. `docs/push.md` tells the story for operators.
"""
