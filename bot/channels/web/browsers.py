"""Which browser a customer has, as far as agents need it, from the header that it sends. Knows no version.

Browsers claim to be each other: of the marks that a header holds the first one listed tells.
"""

_READ = 1_000  # characters of a header, which is as long as its sender likes
_BROWSERS = {
    "MicroMessenger": "WeChat",
    "Edg": "Edge",
    "OPR/": "Opera",
    "OPT/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "YaBrowser": "Yandex Browser",
    "UCBrowser": "UC Browser",
    "MQQBrowser": "QQ Browser",
    "HuaweiBrowser": "Huawei Browser",
    "MiuiBrowser": "Mi Browser",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def browser_of(header: str) -> tuple[str, str]:
    """The browser and the system or device that a `User-Agent` tells, such as "Firefox" and "Android"; either may be
    unknown: then it is empty."""
    read = header[:_READ]
    browser = next((name for mark, name in _BROWSERS.items() if mark in read), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in read), "")
    return browser, system
