"""What a worker of a broken version makes of a breach: it can't go on with what the version before has written."""

from __future__ import annotations

from temporalio import workflow


@workflow.defn(name="DataBreach")
class OtherCode:
    """Another code under the same name."""

    @workflow.run
    async def run(self, _opening: object) -> None:
        """Fail, whatever comes."""
        raise RuntimeError("this version can't read it")


@workflow.defn(name="NoticeWatch")
class OtherNotices:
    """The same of the watch of the notices."""

    @workflow.run
    async def run(self, *opening: object) -> None:  # noqa: ARG002
        """Fail, whatever comes."""
        raise RuntimeError("this version can't read it")
