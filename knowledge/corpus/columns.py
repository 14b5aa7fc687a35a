"""What people call the parts of an entry in a spreadsheet. Knows names only."""

import re

_NAMES = {
    "id": "id key no number nr code faqid entryid 编号 序号 標識 标识 主键",
    "question": "question q questions query ask faq standardquestion 问题 問題 问 問 提问 标准问 标准问题 標準問題",
    "answer": "answer a answers reply response text content body passage 答案 回答 答复 答覆 回复 回覆 答 内容 內容",
    "similar": "similar similarquestion similarquestions variants variant alternatives alternative paraphrases "
    "paraphrase utterances utterance examples synonyms 相似问 相似问题 相似問題 相似问法 扩展问 同义问 其他问法",
    "title": "title heading topic subject intent 标题 標題 主题 主題",
    "tags": "tags tag labels label category categories 标签 標籤 分类 分類 类别 類別",
    "language": "language lang locale 语言 語言 语种",
    "url": "url link href sourceurl 链接 鏈接 連結 网址 網址",
}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names.split()}


def column_named(header: str) -> str | None:
    """The field of an entry that a column of this name holds, or None: `Similar question 2` is `similar`."""
    name = re.sub(r"[\s_\-.:：*]+", "", header.casefold())
    return _COLUMN.get(name) or _COLUMN.get(name.rstrip("0123456789"))
