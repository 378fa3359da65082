"""The few pages that the door itself shows to a browser. They hold no script."""

from __future__ import annotations

from string import Template

_HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>kantadesk</title>'
_SAID = '<body style="font:1.1rem sans-serif;max-width:40rem;margin:4rem auto">'

LED_ON = Template(f'{_HEAD}<meta http-equiv="refresh" content="0;url=$path">{_SAID}<p><a href="$path">Temporal Web</a>')
"""After a link that holds. The page itself leads on, so that the browser sends the cookie which it has just got."""

AGAIN = f'{_HEAD}<meta http-equiv="refresh" content="0">{_SAID}<p>One moment ...'
"""Who comes by a link of another page comes without a cookie; coming again from here, with it."""

NO_RIGHT = (
    f"{_HEAD}{_SAID}<h1>This browser has not entered yet</h1>"
    "<p>Temporal Web shows every incident, so a browser enters by a link that works once. "
    "On this machine, as the account that runs kantadesk:<pre>kantadesk web --open open</pre>"
)

LINK_USED_UP = (
    f"{_HEAD}{_SAID}<h1>This link has been used, is too old, or is for another account</h1><p>Each link works once. "
    "A new one, on this machine, as the account that runs kantadesk:<pre>kantadesk web --open open</pre>"
)
