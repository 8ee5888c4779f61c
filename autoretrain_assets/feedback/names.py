"""What a name in an inbox says, here or elsewhere."""


def is_unfinished(name: str) -> bool:
    """Whether the file or folder is being written, or hidden: such are passed over."""
    return name.startswith(".") or name.endswith(".tmp")


def is_event(name: str) -> bool:
    """Whether it is that of an event, and a finished one."""
    return name.lower().endswith(".json") and not is_unfinished(name)
