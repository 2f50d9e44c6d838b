"""The official account, seen from the house: what may be asked of it, what it answers, what can go wrong.

`gateway.py` is the contract and `errors.py` the tree; `codes.py` turns the platform's numbers into it, `transport.py` what
happened on the wire. `client.py` keeps the contract over HTTPS and alone imports wechatpy; `token.py` holds its access
token, `replies.py` reads its answers. `callback.py` reads what the platform posts to us, `doctor.py` says what is wrong
with an account, `service.py` keeps the accounts.
"""
