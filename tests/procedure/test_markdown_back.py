"""What is made Markdown of for Temporal Web is read back as it was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.procedure.markdown import SHORT, as_written, plain


@given(st.text(max_size=SHORT))
def test_it_is_read_back(text: str) -> None:
    assert as_written(plain(text)) == " ".join(text.split())
