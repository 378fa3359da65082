"""The paths of Temporal Web's own address that the door answers itself."""

ENTRY = "/kantadesk/enter"
"""Where the link leads that lets a browser in."""
CODEC_OF_WEB = "/kantadesk/codec"
"""Under this path Web's pages have decrypted: their requests carry the browser's right, and no other page's can."""
