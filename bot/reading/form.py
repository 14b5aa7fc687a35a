"""Tells what form a question has. Knows no entry and no model; the words are those of any trade."""

import re

# "Do you sell sofas with wheels?", "Are your lamps certified for bathrooms?", "What is the weight of your chairs?"
_OF_THE_OWNER = re.compile(
    r"^\W*(?:(?:hi|hello|hey|so|and|also|but|ok|well|just|quick question|i was|i am|i'm|wondering|if|whether"
    r"|can you tell me)\b\W*)*"
    r"(?:(?:do|does|is|are|have|has|did|will)\s+(?:you|your|there|the|these|those|this|any)\b"
    r"|(?:what|how)(?:'s| is| are)\s+the\b.*\b(?:of|on|for|in|at)\s+your\b"
    r"|(?:what|which)\s+(?:brand|make|model|kind|type|sort|material|colou?r|size|shade)s?\b[\w -]{0,30}"
    r"\s(?:do|does|is|are|have|has)\s+(?:you|your|the)\b"
    r"|you\s(?:guys\s)?(?:sell|stock|carry|offer|rent|make|got)\b|(?:have\s)?(?:you\s)?got\sany\b|any\schance\syou\b"
    r"|(?:what|which)(?:'s|\sis|\sare)?\s(?:the|your)\s(?:\w+est|max(?:imum)?|min(?:imum)?|(?:most|least)\s\w+)\b.*\byours?\b)"
    r"|^\W*¿?(?:tienen|venden|hay|hacen)\b|^\W*(?:haben|verkaufen|bieten|gibt es|sind ihre?)\b"
    r"|^\W*(?:avez-vous|vendez-vous|y a-t-il|est-ce que vous)\b"
    r"|你们(?:家|店|这|那)?(?:儿|里)?(?:的|有|卖|招|租|收|会|能|可以|提供|做|周末).{0,60}[吗么嘛]|^有.*[吗么嘛]|有没有"
    r"|你们.{0,12}(?:卖|租|做|收|招|提供|送|教|修)(?:不(?:[卖租做收招送教修]|\W|$)|没有?(?:\W|$))"
    r"|有.{0,8}(?:卖|租)(?:的)?[吗么嘛没]|(?:能|可以)(?:单独)?(?:买|租)到?.{0,10}[吗么嘛]"
    r"|[上里](?:能|有|可以|带).{0,60}[吗么嘛]|什么(?:牌子|材料|面料|材质|颜色|型号)|多[重宽厚粗]",
    re.I,
)


def ends_asking(text: str) -> bool:
    """Whether a sentence ends with a question mark of any script, within quotation marks and brackets or not."""
    return text.rstrip(" \"'”’」』»)）").endswith(("?", "？", "؟", "\u037e"))


def asks_of_the_owner(text: str) -> bool:
    """Whether a question asks what the owner has or does, or what the owner's things are like.

    Such a question may be about anything of the trade, so that the entry has to hold its words; who tells of a case
    of their own, or asks what to do, seldom asks for what nobody has written down.
    """
    return bool(_OF_THE_OWNER.search(text.strip()))
