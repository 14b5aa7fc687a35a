"""What `kefu doctor` finds out about stored conversations: their files, their server, themselves."""

from bot.commands.common import run
from bot.commands.doctor_finding import Finding
from bot.settings import Settings


def check_files(settings: Settings) -> list[Finding]:
    """The files of the embedded server, whether it runs or not."""
    from bot.conversation.aof import cure
    from bot.conversation.valkey import examine_files

    if settings.redis_url:
        return [Finding("files", "KEFU_REDIS_URL's server keeps them")]
    folder = settings.data_dir / "valkey"
    cut = "the next start goes on without it: ask who wrote last to write again"
    damages = examine_files(folder)
    findings = [Finding("files", str(damage), cure(folder) if damage.grave else cut) for damage in damages]
    return findings or [Finding("files", f"whole in {folder}" if folder.exists() else f"none yet in {folder}")]


def check_redis(settings: Settings) -> list[Finding]:
    """Whether the server answers, how it keeps what it is given, and whether all of that is as it was given."""
    return run(_look(settings))


async def _look(settings: Settings) -> list[Finding]:
    from bot.app import open_redis, redis_client
    from bot.conversation.inspection import persistence, verify_records
    from bot.conversation.redis import RedisConversations
    from bot.files.base import MEGABYTE
    from bot.files.redis import RedisFiles

    async with open_redis(settings) as url:
        conversations = await RedisConversations.connect(url)
        try:
            await conversations.ping()
        finally:
            await conversations.close()
        async with redis_client(url) as redis:
            remarks = await persistence(redis)
            records = await verify_records(redis)
            attached = await RedisFiles(redis).usage()
    whose = "the one of KEFU_REDIS_URL" if settings.redis_url else "the embedded Valkey"
    found = f"{records.turns} turns of {records.conversations} conversations"
    cure = ""
    if records.damaged:
        found += f"; {records.damaged} damaged, the first is {records.first}"
        cure = "restore a backup, or remove that conversation"
    return [
        Finding("redis", f"{whose} answers"),
        *(Finding("persistence", remark.found, remark.cure) for remark in remarks),
        Finding("records", found, cure),
        Finding(
            "attachments", f"{attached.files} files, {attached.bytes / MEGABYTE:.1f} of {settings.files_total:g} MB"
        ),
    ]
